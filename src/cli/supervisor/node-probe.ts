import { parseIpvsStats, parseIpvsTable, type IpvsService, type Node } from '../../cluster/index.ts'

/** What a node says of itself. */
export interface NodeView {
  readonly addresses: Record<string, string[]>
  readonly services: { unit: string; active: boolean }[]
  /** Absent on a node that is no director. */
  readonly table?: IpvsService[]
}

const RULE = '=====8<====='

/** Asks all in one command, as each costs an emulated processor a process or two. */
export function probeCommand(node: Pick<Node, 'spec'>): string {
  const units = node.spec.services.map((unit) => `'${unit.replaceAll("'", '')}'`).join(' ')
  return [
    'ip -o -4 address show',
    units === '' ? ':' : `systemctl is-active ${units}`,
    ...(node.spec.roles.includes('director') ? ['ipvsadm -Ln', 'ipvsadm -Ln --stats --exact'] : []),
  ].join(`; echo '${RULE}'; `)
}

/** Reads what {@link probeCommand} printed. */
export function readProbe(node: Pick<Node, 'spec'>, output: string): NodeView {
  const [addresses = '', states = '', table, stats = ''] = output.split(`${RULE}\n`)
  const active = states.trim().split('\n')
  return {
    addresses: readAddresses(addresses),
    services: node.spec.services.map((unit, index) => ({ unit, active: active[index]?.trim() === 'active' })),
    ...(table === undefined ? {} : { table: withCounts(parseIpvsTable(table), parseIpvsStats(stats)) }),
  }
}

function readAddresses(text: string): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const line of text.split('\n')) {
    const [, name, address] = /^\d+:\s+(\S+)\s+inet\s+(\S+)/.exec(line) ?? []
    if (name !== undefined && address !== undefined) (found[name] ??= []).push(address)
  }
  return found
}

function withCounts(services: IpvsService[], counts: Map<string, number>): IpvsService[] {
  return services.map((service) => ({
    ...service,
    realServers: service.realServers.map((server) => {
      const connections = counts.get(`${service.address}:${service.port} ${server.address}:${server.port}`)
      return { ...server, ...(connections === undefined ? {} : { connections }) }
    }),
  }))
}
