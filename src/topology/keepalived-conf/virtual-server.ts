import { isIpv4 } from '../ipv4.ts'
import type { Block } from './block.ts'
import { readCheckTimes } from './check-times.ts'
import { readCheckers } from './checker.ts'
import { VIRTUAL_SERVER_DEFAULTS } from './defaults.ts'
import { KeepalivedConfError } from './error.ts'
import { REAL_SERVER_KEYWORDS, VIRTUAL_SERVER_KEYWORDS } from './keywords.ts'
import type { KeepalivedRealServer, KeepalivedVirtualServer } from './model.ts'
import type { Word } from './scan.ts'

const port = { min: 0, max: 65535 }
const weight = { min: 0, max: 65535 }

/** A `virtual_server` block. */
export function readVirtualServer(block: Block): KeepalivedVirtualServer {
  block.noteUnknown(VIRTUAL_SERVER_KEYWORDS, 'virtual_server')
  const times = { ...VIRTUAL_SERVER_DEFAULTS, ...readCheckTimes(block) }
  const persistence = block.last('persistence_timeout')
  const inherited = { ...readCheckTimes(block), delayLoopS: times.delayLoopS, connectTimeoutS: times.connectTimeoutS }
  const serverWeight = block.number({ ...weight, min: 1 }, 'weight') ?? VIRTUAL_SERVER_DEFAULTS.weight
  return {
    ...readIdentity(block),
    delayLoopS: times.delayLoopS,
    scheduler: block.text('lb_algo', 'lvs_sched') ?? VIRTUAL_SERVER_DEFAULTS.scheduler,
    forwarding: block.oneOf(['DR', 'NAT', 'TUN'], 'lb_kind', 'lvs_method') ?? VIRTUAL_SERVER_DEFAULTS.forwarding,
    protocol: block.oneOf(['TCP', 'UDP', 'SCTP'], 'protocol') ?? VIRTUAL_SERVER_DEFAULTS.protocol,
    ...(persistence === undefined ? {} : { persistenceTimeoutS: persistenceTimeoutS(block) }),
    alpha: block.flag('alpha'),
    realServers: block.blocks('real_server').map((server) => {
      server.noteUnknown(REAL_SERVER_KEYWORDS, 'real_server')
      return {
        ...readAddress(server, server.statement.values),
        weight: server.number(weight, 'weight') ?? serverWeight,
        inhibitOnFailure: server.flag('inhibit_on_failure') || block.flag('inhibit_on_failure'),
        checkers: readCheckers(server, { ...inherited, ...readCheckTimes(server) }, times.delayLoopS),
      } satisfies KeepalivedRealServer
    }),
  }
}

function persistenceTimeoutS(block: Block): number {
  const [word] = block.last('persistence_timeout')?.values ?? []
  if (word === undefined) return VIRTUAL_SERVER_DEFAULTS.persistenceTimeoutS
  // include/libipvs.h, LVS_MAX_TIMEOUT: 31 days.
  return block.toNumber(word, 'persistence_timeout', { min: 1, max: 31 * 86400 })
}

/** "192.168.88.100 80", "fwmark 3" or "group NAME". */
function readIdentity(block: Block): Pick<KeepalivedVirtualServer, 'address' | 'port' | 'fwmark'> {
  const { values } = block.statement
  const first = block.word(block.statement)
  if (first.text === 'group') {
    throw new KeepalivedConfError(
      'LVSLAB_E_KEEPALIVED_CONF_UNSUPPORTED',
      block.source,
      first.at,
      'virtual server groups are not supported here',
      'write one virtual_server per address',
    )
  }
  if (first.text !== 'fwmark') return readAddress(block, values)
  const [, mark] = values
  if (mark === undefined) block.refuse(first, 'fwmark has no value')
  return { fwmark: block.toNumber(mark, 'fwmark', { min: 1, max: 2 ** 32 - 1 }) }
}

function readAddress(block: Block, [address, portWord]: readonly Word[]): { address: string; port?: number } {
  const { keyword, at } = block.statement
  if (address === undefined) {
    const message = `${keyword} has no address`
    throw new KeepalivedConfError('LVSLAB_E_KEEPALIVED_CONF_MISSING', block.source, at, message)
  }
  if (!isIpv4(address.text)) block.refuse(address, `"${address.text}" is not an IPv4 address`)
  const number = portWord === undefined ? 0 : block.toNumber(portWord, 'the port', port)
  return { address: address.text, ...(number === 0 ? {} : { port: number }) }
}
