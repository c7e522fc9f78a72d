import type { Block } from './block.ts'
import { VRRP_DEFAULTS } from './defaults.ts'
import type { GarpSettings } from './model.ts'

/** What `global_defs` sets for every VRRP instance. */
export interface Globals {
  readonly routerId?: string
  readonly vrrpStartupDelayS: number
  readonly version: 2 | 3
  readonly downTimerAdverts: number
  readonly garp: GarpSettings
}

const count = { min: 0, max: 2 ** 32 - 1 }

export function readGlobals(block: Block): Globals {
  const routerId = block.text('router_id')
  return {
    ...(routerId === undefined ? {} : { routerId }),
    vrrpStartupDelayS: block.number({ min: 0.001, max: 4294, decimal: true }, 'vrrp_startup_delay') ?? 0,
    version: block.oneOf(['2', '3'], 'vrrp_version') === '3' ? 3 : VRRP_DEFAULTS.version,
    downTimerAdverts: block.number({ min: 1, max: 100 }, 'vrrp_down_timer_adverts') ?? VRRP_DEFAULTS.downTimerAdverts,
    garp: readGlobalGarp(block),
  }
}

function readGlobalGarp(block: Block): GarpSettings {
  // vrrp_min_garp replaces what is still at its default (core/global_parser.c, vrrp_min_garp_handler).
  const least = { masterDelayS: 0, masterRepeat: 1, masterRefreshS: 0, masterRefreshRepeat: 0 }
  const defaults = { ...VRRP_DEFAULTS.garp, ...(block.flag('vrrp_min_garp') ? least : {}) }
  const own = readGarp(block, 'vrrp_', defaults)
  // What answers an advert of lower priority follows the ordinary figures (vrrp.c, vrrp_complete_init).
  return readGarp(block, 'vrrp_', { ...own, lowerPrioDelayS: own.masterDelayS, lowerPrioRepeat: own.masterRepeat })
}

/** The garp_* figures of a block; `prefix` is "vrrp_" in global_defs. */
export function readGarp(block: Block, prefix: '' | 'vrrp_', defaults: GarpSettings): GarpSettings {
  const figure = (name: string, otherwise: number) => block.number(count, `${prefix}garp_${name}`) ?? otherwise
  return {
    masterDelayS: figure('master_delay', defaults.masterDelayS),
    masterRepeat: figure('master_repeat', defaults.masterRepeat),
    masterRefreshS: figure('master_refresh', defaults.masterRefreshS),
    masterRefreshRepeat: figure('master_refresh_repeat', defaults.masterRefreshRepeat),
    lowerPrioDelayS: figure('lower_prio_delay', defaults.lowerPrioDelayS),
    lowerPrioRepeat: figure('lower_prio_repeat', defaults.lowerPrioRepeat),
  }
}
