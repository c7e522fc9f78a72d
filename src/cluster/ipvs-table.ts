import { InfrastructureError } from '../errors.ts'

export interface IpvsRealServer {
  readonly address: string
  readonly port: number
  readonly forwarding: 'DR' | 'NAT' | 'TUN' | 'local'
  readonly weight: number
  readonly activeConnections: number
  readonly inactiveConnections: number
  /** Since the server was added; absent when the table was read without statistics. */
  readonly connections?: number
}

export interface IpvsService {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'FWM'
  readonly address: string
  readonly port: number
  readonly scheduler: string
  /** "persistent 6", "ops", … as ipvsadm prints them. */
  readonly flags: string
  readonly realServers: readonly IpvsRealServer[]
}

const METHODS = { Route: 'DR', Masq: 'NAT', Tunnel: 'TUN', Local: 'local' } as const

/**
 * Reads what `ipvsadm -Ln` prints (ipvsadm(8)): a line per virtual service, below it one per real server with forwarding
 * method, weight, active and inactive connections.
 */
export function parseIpvsTable(text: string): IpvsService[] {
  const services: (Omit<IpvsService, 'realServers'> & { realServers: IpvsRealServer[] })[] = []
  for (const line of text.split('\n')) {
    const service = /^(TCP|UDP|SCTP|FWM)\s+(\S+)\s+(\S+)\s*(.*)$/.exec(line)
    if (service) {
      const [, protocol, endpoint, scheduler, flags] = service
      services.push({
        protocol: protocol as IpvsService['protocol'],
        ...endpointOf(endpoint!),
        scheduler: scheduler!,
        flags: flags!.trim(),
        realServers: [],
      })
      continue
    }
    const server = /^\s+->\s+(\S+)\s+(Route|Masq|Tunnel|Local)\s+(-?\d+)\s+(\d+)\s+(\d+)/.exec(line)
    const last = services.at(-1)
    if (!server || !last) continue
    const [, endpoint, method, weight, active, inactive] = server
    last.realServers.push({
      ...endpointOf(endpoint!),
      forwarding: METHODS[method as keyof typeof METHODS],
      weight: Number(weight),
      activeConnections: Number(active),
      inactiveConnections: Number(inactive),
    })
  }
  return services
}

/**
 * Reads `ipvsadm -Ln --stats --exact`: connections since each server was added, by "address:port" of service and server.
 */
export function parseIpvsStats(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  let service = ''
  for (const line of text.split('\n')) {
    const head = /^(?:TCP|UDP|SCTP|FWM)\s+(\S+)\s+(\d+)/.exec(line)
    if (head) {
      service = head[1]!
      counts.set(service, Number(head[2]))
    }
    const server = /^\s+->\s+(\S+)\s+(\d+)/.exec(line)
    if (server && service !== '') counts.set(`${service} ${server[1]!}`, Number(server[2]))
  }
  return counts
}

function endpointOf(text: string): { address: string; port: number } {
  const [address, port] = text.split(':')
  // A firewall mark has no port.
  if (address !== undefined) return { address, port: Number(port ?? 0) }
  throw new InfrastructureError('LVSLAB_E_IPVSADM', 'ipvsadm printed an address that cannot be read', { seen: text })
}
