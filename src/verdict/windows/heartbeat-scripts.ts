import type { HeartbeatConf, HeartbeatResource, ResourceGroup } from '../../topology/heartbeat-conf/index.ts'
import { inMs, noWindow } from './window.ts'

/**
 * How long one run of a resource script may take: asking for its status, then starting or stopping it. No rule says;
 * it is shell work of some fifty processes. Debian 12's heartbeat with IPaddr took 150 to 300 ms for a run on an idle
 * host. Under software emulation (QEMU 7.2, TCG, two host cores with other work on both), in five takeovers of document
 * 000's cluster, the machine's own processor ran 5.1 to 5.9 s for each of the two runs until the first address (mach_down
 * counts as one), and 6.7 to 9.1 s from there to the second: code that runs for the first time must be translated.
 */
export const SCRIPT_ALLOWANCE_MS = 10_000

/**
 * How long a message that has come, or the end of a script, may wait until heartbeat turns to it. Debian 12's was seen
 * to do so only at its next timer, the most frequent of which has 500 ms (heartbeat.c, Gmain_update_msgfree_count), on
 * a clock with ticks of 10 ms.
 */
export const WAKE_MS = 510

/** Script runs one after another, with how they add up. */
export interface ScriptTime {
  readonly latestMs: number
  readonly text: string
}

/** `turns`: how many messages and ends of scripts lie between them. */
export function scriptTime(runs: number, turns: number): ScriptTime {
  const wait = turns === 0 ? '' : ` + ${turns} × ${inMs(WAKE_MS)} between them`
  return {
    latestMs: runs * SCRIPT_ALLOWANCE_MS + turns * WAKE_MS,
    text: `up to ${runs} × ${inMs(SCRIPT_ALLOWANCE_MS)} for scripts${wait}`,
  }
}

/** Where an address comes in the order of acquisition: 1 when its script is the first to run. */
export interface VipPlace {
  readonly vip: string
  readonly group: ResourceGroup
  /** Counts the scripts of the groups before, too: the groups are taken one after another, in the order of the file. */
  readonly position: number
}

/**
 * Finds an address in haresources; without one, the address whose gratuitous ARP comes first.
 *
 * @throws UsageError `LVSLAB_E_WINDOW_NONE` where haresources does not have it.
 */
export function vipPlace(name: string, conf: HeartbeatConf, vip?: string): VipPlace {
  let position = 0
  for (const group of conf.resources) {
    for (const resource of group.resources) {
      position++
      const address = addressOf(resource)
      if (address !== undefined && (vip === undefined || vip === address)) return { vip: address, group, position }
    }
  }
  return noWindow(name, `${conf.resourcesFile} gives ${vip ?? 'no address'} to nobody`)
}

/** IPaddr and IPaddr2 take "192.168.2.11/24/eth0". */
function addressOf({ script, args }: HeartbeatResource): string | undefined {
  return script === 'IPaddr' || script === 'IPaddr2' ? args[0]?.split('/')[0] : undefined
}
