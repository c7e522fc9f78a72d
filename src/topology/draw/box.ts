import { withoutPrefix } from '../ipv4.ts'
import type { NodeSpec, Topology } from '../model.ts'
import type { Style } from './canvas.ts'

/** What a node's box says, line by line. */
export interface Box {
  readonly node: string
  readonly lines: readonly { readonly text: string; readonly style: Style }[]
  /** With its frame. */
  readonly width: number
}

export interface BoxFacts {
  /** VIP address to the node that owns it now. */
  readonly owner?: ReadonlyMap<string, string>
  /** Node to a word about it: "off", "isolated". "up" is not worth a word. */
  readonly states?: ReadonlyMap<string, string>
}

/** The box of a node: name and state, roles, interfaces with addresses, and the VIPs that it owns or may own. */
export function makeBox(topology: Topology, node: NodeSpec, { owner, states }: BoxFacts): Box {
  const state = states?.get(node.name)
  const bad = state !== undefined && state !== 'up'
  const lines: { text: string; style: Style }[] = [
    { text: bad ? `${node.name} · ${state}` : node.name, style: bad ? 'bad' : 'name' },
    // A node that is named for its only role need not say it twice.
    ...(node.roles.join() === node.name ? [] : [{ text: node.roles.join(', '), style: 'dim' as const }]),
  ]
  const labels = [...node.interfaces.map(({ name }) => name), ...(node.loopback.length > 0 ? ['lo'] : [])]
  const pad = Math.max(...labels.map((label) => label.length))
  for (const { name, address } of node.interfaces) {
    lines.push({ text: `${name.padEnd(pad)} ${withoutPrefix(address)}`, style: 'plain' })
  }
  for (const address of node.loopback) {
    lines.push({ text: `${'lo'.padEnd(pad)} ${withoutPrefix(address)}`, style: 'dim' })
  }
  for (const vip of topology.vips.filter(({ candidates }) => candidates.includes(node.name))) {
    const owns = owner?.get(vip.address) === node.name
    lines.push({ text: `${owns ? '●' : '○'} VIP ${vip.address}`, style: owns ? 'owner' : 'dim' })
  }
  return { node: node.name, lines, width: Math.max(...lines.map(({ text }) => text.length)) + 4 }
}
