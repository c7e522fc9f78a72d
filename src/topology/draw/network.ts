import type { Network, Topology } from '../model.ts'
import type { Canvas } from './canvas.ts'

export interface NetworkLine {
  readonly topology: Topology
  readonly name: string
  /** Where the widest row ends. */
  readonly right: number
  readonly width: number
  /** Columns of the cables that come from above and from below. */
  readonly up: readonly number[]
  readonly down: readonly number[]
}

/** Draws a network as a line across with its cables, and its name where no cable is in the way. */
export function drawNetwork(canvas: Canvas, line: number, network: NetworkLine): number {
  const { topology, name, right, width, up, down } = network
  const spec = topology.networks.find((entry) => entry.name === name)
  const label = spec === undefined ? name : labelOf(spec)
  const length = right + 1
  canvas.put(line, 0, bus(length, up, down), 'network')
  const inside = freeColumn(` ${label} `, length, [...up, ...down])
  if (inside !== undefined) {
    canvas.put(line, inside, ` ${label} `, 'network')
    return line + 1
  }
  // Beside the cables that lead to the line there is more room than on it.
  const beside = [
    ...(up.length > 0 ? [{ at: line - 1, cables: up }] : []),
    ...(down.length > 0 ? [{ at: line + 1, cables: down }] : []),
  ]
    .map(({ at, cables }) => ({ at, column: freeColumn(` ${label} `, width, cables) }))
    .find(({ column }) => column !== undefined)
  if (beside?.column !== undefined) canvas.put(beside.at, beside.column + 1, label, 'network')
  else canvas.put(line, length, ` ${label}`, 'network')
  return line + 1
}

function bus(length: number, up: readonly number[], down: readonly number[]): string {
  return Array.from({ length }, (_, column) => {
    if (column === 0) return ' '
    const [above, below] = [up.includes(column), down.includes(column)]
    return above && below ? '╪' : above ? '╧' : below ? '╤' : '═'
  }).join('')
}

/** The leftmost column where `text` touches no cable. */
function freeColumn(text: string, length: number, cables: readonly number[]): number | undefined {
  for (let start = 3; start + text.length < length; start++) {
    if (!cables.some((cable) => cable >= start - 1 && cable <= start + text.length)) return start
  }
  return undefined
}

function labelOf({ name, cidr, kind }: Network): string {
  return `${name} ${cidr}${kind === 'hub' ? ' (hub)' : ''}`
}
