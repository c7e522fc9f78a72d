import type { Topology } from '../model.ts'
import { type Box, type BoxFacts, makeBox } from './box.ts'
import { Canvas, type Style } from './canvas.ts'
import { drawNetwork } from './network.ts'
import { GAP, makeRows, type Row } from './rows.ts'

export interface DrawOptions extends BoxFacts {
  /** Terminal colours. Default: none. */
  readonly color?: boolean
  /** Columns to stay within, as far as one box allows. Default: 80. */
  readonly width?: number
}

/** A box on the canvas, with the columns where its cables leave it. */
interface Placed {
  readonly box: Box
  readonly left: number
  readonly middle: number
}

/**
 * Draws a cluster for a terminal: networks as lines across, nodes as boxes that hang from them. `●` marks the node that
 * owns a VIP (where `owner` says so), `○` one that may.
 */
export function drawTopology(topology: Topology, options: DrawOptions = {}): string {
  const boxes = topology.nodes.map((node) => makeBox(topology, node, options))
  const width = options.width ?? 80
  const rows = makeRows(topology, boxes, width)
  const right = Math.max(...rows.map(rowWidth))
  const placed = rows.map((row) => place(row, right))
  const canvas = new Canvas()
  let line = 0
  rows.forEach((row, index) => {
    const here = placed[index] ?? []
    // The line above is already there when the row before ended with the same network.
    if (row.above !== undefined && rows[index - 1]?.below !== row.above) {
      line = drawNetwork(canvas, line, {
        topology,
        name: row.above,
        right,
        width,
        up: [],
        down: cables(here, topology, row.above),
      })
    }
    const states = options.states
    line = drawBoxes(canvas, line, here, row, topology, (node) => (states?.get(node) ?? 'up') !== 'up')
    if (row.below === undefined) return
    const next = rows[index + 1]?.above === row.below ? (placed[index + 1] ?? []) : []
    const [up, down] = [cables(here, topology, row.below), cables(next, topology, row.below)]
    line = drawNetwork(canvas, line, { topology, name: row.below, right, width, up, down })
  })
  return canvas.toString(options.color ?? false)
}

function rowWidth({ boxes }: Row): number {
  return boxes.reduce((width, box) => width + GAP + box.width, -GAP)
}

/** Each row stands in the middle of the widest. */
function place(row: Row, right: number): Placed[] {
  let left = 1 + Math.floor((right - rowWidth(row)) / 2)
  return row.boxes.map((box) => {
    const placed = { box, left, middle: left + Math.floor(box.width / 2) }
    left += box.width + GAP
    return placed
  })
}

function cables(placed: readonly Placed[], topology: Topology, network: string): number[] {
  return placed.filter(({ box }) => isOn(topology, box.node, network)).map(({ middle }) => middle)
}

function isOn(topology: Topology, node: string, network: string | undefined): boolean {
  const interfaces = topology.nodes.find(({ name }) => name === node)?.interfaces ?? []
  return interfaces.some((entry) => entry.network === network)
}

function drawBoxes(
  canvas: Canvas,
  top: number,
  placed: readonly Placed[],
  row: Row,
  topology: Topology,
  isDown: (node: string) => boolean,
): number {
  const height = Math.max(...placed.map(({ box }) => box.lines.length))
  const start = top + (row.above === undefined ? 0 : 1)
  for (const { box, left, middle } of placed) {
    const frame: Style = isDown(box.node) ? 'bad' : 'plain'
    const [up, down] = [isOn(topology, box.node, row.above), isOn(topology, box.node, row.below)]
    const edge = (corners: string, cable: string): string => {
      const line = [...`${corners.charAt(0)}${'─'.repeat(box.width - 2)}${corners.charAt(1)}`]
      if (cable !== '') line[middle - left] = cable
      return line.join('')
    }
    if (up) canvas.put(top, middle, '│', 'network')
    canvas.put(start, left, edge('┌┐', up ? '┴' : ''), frame)
    for (let line = 0; line < height; line++) {
      const { text, style } = box.lines[line] ?? { text: '', style: 'plain' as const }
      canvas.put(start + 1 + line, left, '│', frame)
      canvas.put(start + 1 + line, left + 2, text, style)
      canvas.put(start + 1 + line, left + box.width - 1, '│', frame)
    }
    canvas.put(start + height + 1, left, edge('└┘', down ? '┬' : ''), frame)
    if (down) canvas.put(start + height + 2, middle, '│', 'network')
  }
  return start + height + 2 + (row.below === undefined ? 0 : 1)
}
