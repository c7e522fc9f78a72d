import type { Block } from './block.ts'
import { VRRP_DEFAULTS } from './defaults.ts'
import { KeepalivedConfError } from './error.ts'
import { type Globals, readGarp } from './globals.ts'
import { VRRP_INSTANCE_KEYWORDS } from './keywords.ts'
import type { VirtualIpaddress, VrrpInstance } from './model.ts'
import type { Statement } from './statement.ts'
import { readTracked } from './tracking.ts'

/** auth_pass is one field of eight bytes in the packet (RFC 2338, section 5.3.10); keepalived cuts off the rest. */
const PASSWORD_LENGTH = 8

/** A `vrrp_instance` block. */
export function readVrrpInstance(block: Block, globals: Globals): VrrpInstance {
  block.noteUnknown(VRRP_INSTANCE_KEYWORDS, 'vrrp_instance')
  const name = block.word(block.statement).text
  const version = block.oneOf(['2', '3'], 'version')
  const state = block.oneOf(['MASTER', 'BACKUP'], 'state')
  const priority = block.number({ min: 1, max: 255 }, 'priority')
  const authentication = readAuthentication(block)
  const preemptDelay = block.last('preempt_delay')
  const instance: VrrpInstance = {
    name,
    interface: need(block, name, 'interface', block.text('interface')),
    virtualRouterId: need(block, name, 'virtual_router_id', block.number({ min: 1, max: 255 }, 'virtual_router_id')),
    // Each of the two can follow from the other (vrrp.c, vrrp_complete_instance).
    priority: priority ?? (state === 'MASTER' ? VRRP_DEFAULTS.ownerPriority : VRRP_DEFAULTS.priority),
    state: state ?? (priority === VRRP_DEFAULTS.ownerPriority ? 'MASTER' : 'BACKUP'),
    advertIntS: block.number({ min: 0.01, max: 255, decimal: true }, 'advert_int') ?? VRRP_DEFAULTS.advertIntS,
    version: version === undefined ? globals.version : version === '3' ? 3 : 2,
    ...(authentication === undefined ? {} : { authentication }),
    virtualIpaddresses: readVirtualIpaddresses(block),
    unicastPeers: firstWords(block.blocks('unicast_peer')),
    nopreempt: block.flag('nopreempt'),
    preemptDelayS: block.number({ min: 0, max: 1000, decimal: true }, 'preempt_delay') ?? 0,
    downTimerAdverts: block.number({ min: 1, max: 100 }, 'down_timer_adverts') ?? globals.downTimerAdverts,
    garp: readGarp(block, '', globals.garp),
    trackScripts: readTracked(block.blocks('track_script')),
    trackInterfaces: readTracked(block.blocks('track_interface')),
  }
  if (instance.version === 2 && !Number.isInteger(instance.advertIntS)) {
    const statement = block.last('advert_int') ?? block.statement
    block.refuse(block.word(statement), 'advert_int must be whole seconds in VRRP version 2')
  }
  if (instance.nopreempt && instance.state === 'MASTER') {
    block.note(block.last('nopreempt') ?? block.statement, 'nopreempt needs "state BACKUP"; keepalived clears it')
    return { ...instance, nopreempt: false }
  }
  if (preemptDelay !== undefined && instance.state === 'MASTER') {
    block.note(preemptDelay, 'preempt_delay needs "state BACKUP"; keepalived clears it')
    return { ...instance, preemptDelayS: 0 }
  }
  return instance
}

function need<T>(block: Block, name: string, keyword: string, value: T | undefined): T {
  if (value !== undefined) return value
  const message = `the VRRP instance ${name} has no ${keyword}`
  throw new KeepalivedConfError('LVSLAB_E_KEEPALIVED_CONF_MISSING', block.source, block.statement.at, message)
}

function readAuthentication(instance: Block): VrrpInstance['authentication'] {
  const block = instance.blocks('authentication').at(-1)
  const type = block?.oneOf(['PASS', 'AH'], 'auth_type')
  const statement = block?.last('auth_pass')
  if (block === undefined || type === undefined || statement === undefined) return undefined
  const password = block.word(statement).text
  if (password.length > PASSWORD_LENGTH) {
    block.note(statement, `auth_pass has ${password.length} characters; keepalived uses the first ${PASSWORD_LENGTH}`)
  }
  return { type, password: password.slice(0, PASSWORD_LENGTH) }
}

function readVirtualIpaddresses(instance: Block): VirtualIpaddress[] {
  return instance.blocks('virtual_ipaddress').flatMap(({ statement }) => (statement.block ?? []).map(toIpaddress))
}

function toIpaddress({ keyword, values }: Statement): VirtualIpaddress {
  const [address = keyword, prefix] = keyword.split('/')
  const devIndex = values.findIndex(({ text }) => text === 'dev')
  const dev = devIndex === -1 ? undefined : values[devIndex + 1]?.text
  return {
    address,
    // Without a prefix the address stands alone (vrrp_ipaddress.c, parse_ipaddress).
    prefix: prefix === undefined ? (address.includes(':') ? 128 : 32) : Number(prefix),
    ...(dev === undefined ? {} : { dev }),
  }
}

function firstWords(blocks: readonly Block[]): string[] {
  return blocks.flatMap(({ statement }) => (statement.block ?? []).map(({ keyword }) => keyword))
}
