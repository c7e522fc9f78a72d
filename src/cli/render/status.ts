import { drawTopology, type Topology } from '../../topology/index.ts'
import type { NodeStatus, Status } from '../control/status-schema.ts'
import type { Look } from '../terminal/output.ts'
import { span } from '../terminal/quantity.ts'
import { table } from '../terminal/text.ts'

/** A cluster for a person: its picture, who has the VIP, what each node runs, the director's table, what is broken. */
export function renderStatus(status: Status, topology: Topology, look: Look): string {
  const sections = [
    [headline(status, look)],
    [drawing(status, topology, look)],
    vipLines(status, topology, look),
    nodeLines(status, topology, look),
    tableLines(status, look),
    faultLines(status, look),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}

function headline({ name, topology, upMs }: Status, { ink }: Look): string {
  const of = name === topology ? '' : ` (${topology})`
  return `${ink.bold(name)}${of} ${ink.dim(`up ${span(upMs)}`)}`
}

/** The cluster with its state drawn in. */
export function drawing(status: Status, topology: Topology, { color, width }: Look): string {
  const owner = new Map(
    status.vips.flatMap(({ address, owners }): [string, string][] =>
      owners[0] === undefined ? [] : [[address, owners[0]]],
    ),
  )
  const states = new Map(status.nodes.map((node) => [node.name, stateWord(node, status)]))
  return drawTopology(topology, { owner, states, color, width })
}

/** "up" needs no word in the picture. */
function stateWord({ name, state }: NodeStatus, { unplugged }: Status): string {
  if (state !== 'running') return state
  return unplugged.some((cable) => cable.startsWith(`${name}:`)) ? 'unplugged' : 'up'
}

export function vipLines({ vips }: Status, topology: Topology, { ink, width }: Look): string[] {
  return table(
    vips.map(({ address, owners, ownerByWire, lastAdvertAgoMs }) => {
      const silence = isAdvertised(address, topology) ? 'no advert was seen' : ''
      const wire =
        lastAdvertAgoMs === undefined
          ? silence
          : `last advert ${span(lastAdvertAgoMs)} ago by ${ownerByWire ?? 'an unknown sender'}`
      const host =
        owners.length === 1
          ? ink.good(`on ${owners[0]}`)
          : ink.bad(owners.length === 0 ? 'on no node' : `on ${owners.join(' AND ')}`)
      return [`VIP ${ink.bold(address)}`, host, ink.dim(wire)]
    }),
    { width },
  )
}

/** Where one node alone has a VIP, or scripts and heartbeat move it, nobody sends adverts, and their absence says nothing. */
function isAdvertised(address: string, { nodes, vips }: Topology): boolean {
  const candidates = vips.find((vip) => vip.address === address)?.candidates ?? []
  const byVrrp = nodes.filter(({ name, services }) => candidates.includes(name) && services.includes('keepalived'))
  return byVrrp.length > 1
}

export function nodeLines({ nodes }: Status, topology: Topology, { ink, width }: Look): string[] {
  const rows = nodes.map((node) => {
    const bad = node.state === 'off' ? ink.bad : ink.warn
    return [
      ink.bold(node.name),
      node.state === 'running' ? 'running' : bad(node.state),
      node.services
        .map(({ unit, active }) => (active ? `${ink.good('✓')} ${unit}` : `${ink.bad('✗')} ${unit} inactive`))
        .join('  '),
      node.reason === undefined
        ? [addresses(node), ...missing(node, topology).map(ink.bad)].join(' ')
        : ink.warn(node.reason.split('\n')[0] ?? ''),
    ]
  })
  return table([['node', 'machine', 'services', 'addresses'].map(ink.dim), ...rows], { width })
}

/** A direct routing server that lost the VIP on its lo answers nobody: worth saying. */
function missing({ name, state, addresses }: NodeStatus, topology: Topology): string[] {
  const wanted = topology.nodes.find((node) => node.name === name)?.loopback ?? []
  if (state !== 'running') return []
  return wanted.filter((address) => addresses['lo']?.includes(address) !== true).map((address) => `lo lacks ${address}`)
}

function addresses({ addresses }: NodeStatus): string {
  return Object.entries(addresses)
    .flatMap(([name, list]) => list.filter((entry) => !entry.startsWith('127.')).map((entry) => [name, entry] as const))
    .map(([name, entry]) => (name === 'lo' ? `lo:${entry}` : entry))
    .join(' ')
}

function tableLines({ tables }: Status, { ink, width }: Look): string[] {
  const lines = tables.flatMap(({ node, services }) =>
    services.flatMap(({ protocol, address, port, scheduler, flags, realServers }) => {
      const head = [protocol, `${address}:${port}`, scheduler, ...(flags === '' ? [] : [flags])].join(' ')
      const rows = realServers.map((server) => [
        `${server.address}:${server.port}`,
        server.forwarding,
        server.weight === 0 ? ink.warn('0') : String(server.weight),
        String(server.activeConnections),
        String(server.inactiveConnections),
        String(server.connections ?? ''),
        server.node ?? '',
      ])
      const header = [`${node}: ${head}`]
      if (rows.length === 0) return [...header, ink.warn('  no real server')]
      const titles = ['real server', 'method', 'weight', 'active', 'inactive', 'total', 'node'].map(ink.dim)
      return [...header, ...table([titles, ...rows], { width, indent: 2, right: [2, 3, 4, 5] })]
    }),
  )
  return lines
}

export function faultLines({ faults }: Status, { ink, width }: Look): string[] {
  if (faults.length === 0) return []
  const rows = faults.map(({ id, kind, target, agoMs }) => [ink.bold(id), ink.bad(`${kind} ${target}`), span(agoMs)])
  return table([['fault', 'what', 'since'].map(ink.dim), ...rows], { width })
}
