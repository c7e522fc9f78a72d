import type { NodeSpec, Topology } from '../model.ts'
import type { Box } from './box.ts'

/** Boxes side by side, with the network that runs above them and the one below. */
export interface Row {
  readonly above: string | undefined
  readonly below: string | undefined
  readonly boxes: readonly Box[]
}

/** Columns between two boxes, and before the first. */
export const GAP = 2

/**
 * Puts the nodes into rows. Networks run across in the order of the file. A node on two networks that follow each other
 * stands between them; a node on one stands above the first, below the last, or below its own. With a single network,
 * directors and clients stand above it and the others below. What is too wide becomes several rows.
 */
export function makeRows(topology: Topology, boxes: readonly Box[], width: number): Row[] {
  const names = topology.networks.map(({ name }) => name)
  const last = names.length - 1
  const levels = new Map<number, { above: string | undefined; below: string | undefined; boxes: Box[] }>()
  topology.nodes.forEach((node, index) => {
    const box = boxes[index]
    if (box === undefined) return
    const level = levelOf(node, names)
    const row = levels.get(level.at) ?? { above: level.above, below: level.below, boxes: [] }
    // A level holds nodes of both sides: its lines are those that any of them needs.
    levels.set(level.at, {
      above: row.above ?? level.above,
      below: row.below ?? level.below,
      boxes: [...row.boxes, box],
    })
  })
  return [...levels]
    .filter(([at]) => at >= -1 && at <= last)
    .sort(([a], [b]) => a - b)
    .flatMap(([, row]) => wrap(row.boxes, width).map((part) => ({ ...row, boxes: part })))
}

interface Level {
  /** -1: above the first network; n: below network n. */
  readonly at: number
  readonly above: string | undefined
  readonly below: string | undefined
}

function levelOf(node: NodeSpec, networks: readonly string[]): Level {
  const own = [...new Set(node.interfaces.map(({ network }) => networks.indexOf(network)))].sort((a, b) => a - b)
  const first = own[0] ?? 0
  const standsAbove =
    own.length === 1 &&
    first === 0 &&
    (networks.length > 1 || node.roles.some((role) => role === 'client' || role === 'director'))
  if (standsAbove) return { at: -1, above: undefined, below: networks[0] }
  const between = own.includes(first + 1)
  return { at: first, above: networks[first], below: between ? networks[first + 1] : undefined }
}

function wrap(boxes: readonly Box[], width: number): Box[][] {
  const rows: Box[][] = []
  let used = Infinity
  for (const box of boxes) {
    if (used + GAP + box.width > width) {
      rows.push([])
      used = GAP - 1
    }
    rows.at(-1)?.push(box)
    used += GAP + box.width
  }
  return rows
}
