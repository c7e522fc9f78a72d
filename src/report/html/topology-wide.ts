import type { TopologyRecord } from '../../run/record.ts'
import { shorten } from '../text.ts'
import { html, px, type Markup } from './markup.ts'
import { box, boxHeight, LINE } from './topology-box.ts'
import { networksOf, vipsOn, type NodeRecord } from './topology-model.ts'

const BOX = 196
const GAP = 14
const SIDE = 176

/* Rows of nodes between horizontal networks: a node on one network only stands outside of it, a node on two between
   them. With a single network the real servers stand below and everyone else above. */
function rowOf(topology: TopologyRecord, node: NodeRecord): number {
  const on = networksOf(topology, node)
  const first = on[0] ?? 0
  if (on.length > 1) return first + 1
  if (topology.networks.length <= 1) return node.roles.includes('real-server') ? 1 : 0
  return first === 0 ? 0 : first + 1
}

/** The picture for wide windows. */
export function wide(topology: TopologyRecord, label: string): Markup {
  const rows: NodeRecord[][] = Array.from({ length: topology.networks.length + 1 }, () => [])
  for (const node of topology.nodes) rows[rowOf(topology, node)]?.push(node)
  const most = Math.max(1, ...rows.map((row) => row.length))
  const width = Math.max(1040, SIDE + most * BOX + (most - 1) * GAP + 4)
  const busY: number[] = []
  const tops: number[] = []
  let y = 4
  for (const [index, row] of rows.entries()) {
    const height = Math.max(0, ...row.map((node) => boxHeight(topology, node)))
    tops.push(y)
    y += height
    if (index === topology.networks.length) break
    y += row.length > 0 ? 34 : 20
    busY.push(y)
    const below = (rows[index + 1]?.length ?? 0) > 0
    y += below ? 34 : 40
  }
  const placed = rows.flatMap((row, index) => {
    const used = row.length * BOX + (row.length - 1) * GAP
    const start = SIDE + (width - SIDE - used) / 2
    return row.map((node, column) => ({ node, row: index, x: px(start + column * (BOX + GAP)), y: tops[index] ?? 0 }))
  })
  const height = Math.max(y + 4, ...busY.map((bus, index) => bus + 46 + 20 * vipsOn(topology, index).length))
  return html`<svg
    viewBox="0 0 ${width} ${height}"
    style="min-width:${width > 1240 ? Math.round(width * 0.85) : 0}px"
    role="img"
    aria-label="${label}"
  >
    ${topology.networks.map(
      (_, index) =>
        html`<line
          class="tp-bus n${index % 4}"
          x1="${SIDE - 8}"
          x2="${width - 4}"
          y1="${busY[index]}"
          y2="${busY[index]}"
        ></line>`,
    )}
    ${placed.map(({ node, row, x, y: top }) => cables(topology, node, row, x, top, busY))}
    ${topology.networks.map((_, index) => networkLabel(topology, index, busY[index] ?? 0))}
    ${placed.map(({ node, x, y: top }) => box(topology, node, x, top, BOX))}
  </svg>`
}

function cables(
  topology: TopologyRecord,
  node: NodeRecord,
  row: number,
  x: number,
  top: number,
  busY: number[],
): Markup {
  const bottom = top + boxHeight(topology, node)
  return html`${node.interfaces.map((own, index) => {
    const network = topology.networks.findIndex(({ name }) => name === own.network)
    const bus = busY[network]
    if (bus === undefined) return undefined
    const at = px(x + (BOX * (index + 1)) / (node.interfaces.length + 1))
    const from = network >= row ? bottom : top
    return html`<line class="tp-cable n${network % 4}" x1="${at}" x2="${at}" y1="${from}" y2="${bus}"></line>
      <circle class="tp-plug n${network % 4}" cx="${at}" cy="${bus}" r="5"></circle>`
  })}`
}

function networkLabel(topology: TopologyRecord, index: number, y: number): Markup {
  const network = topology.networks[index]
  return html`<text class="tp-name" x="4" y="${y - 12}">
      <title>${network?.name}</title>${shorten(network?.name ?? '', 14)}<tspan class="tp-role"> ${network?.kind}</tspan>
    </text>
    <text class="tp-mono" x="4" y="${y + 5}">${shorten(network?.cidr ?? '', 21)}</text>
    ${vipsOn(topology, index).map(
      (vip, n) => html`<text class="tp-vip" x="4" y="${y + 24 + n * LINE}">VIP ${shorten(vip, 18)}</text>`,
    )}`
}
