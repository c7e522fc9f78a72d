import type { TopologyRecord } from '../../run/record.ts'
import { shorten } from '../text.ts'
import { html, type Markup } from './markup.ts'
import { box, boxHeight, LINE, PAD } from './topology-box.ts'
import { vipsOn } from './topology-model.ts'

/* Networks run down the left edge; every interface's own line is plugged into its network. */
export function narrow(topology: TopologyRecord, label: string): Markup {
  const width = 350
  const busX = (index: number) => 10 + index * 16
  const left = busX(Math.max(1, topology.networks.length)) + 8
  let y = 4
  const heads = topology.networks.map((network, index) => {
    const vips = vipsOn(topology, index)
    const top = y
    y += LINE * (1 + vips.length) + 8
    return {
      y: top + 8,
      markup: html`<circle class="tp-plug n${index % 4}" cx="${busX(index)}" cy="${top + 8}" r="5"></circle>
        <text class="tp-name" x="${left}" y="${top + 12}">
          ${shorten(network.name, 12)}<tspan class="tp-mono"> ${shorten(network.cidr, 18)}</tspan
          ><tspan class="tp-role"> ${network.kind}</tspan>
        </text>
        ${vips.map((vip, n) => html`<text class="tp-vip" x="${left}" y="${top + 12 + LINE * (n + 1)}">VIP ${shorten(vip, 24)}</text>`)}`,
    }
  })
  let end = y
  const boxes = topology.nodes.map((node) => {
    const top = y + 4
    const first = top + PAD + 7 + LINE * (1 + Number(node.roles.length > 0))
    y = top + boxHeight(topology, node) + 8
    const plugs = node.interfaces.map((own, index) => {
      const network = topology.networks.findIndex(({ name }) => name === own.network)
      if (network < 0) return undefined
      const at = first + index * LINE
      end = Math.max(end, at)
      return html`<line
          class="tp-cable n${network % 4}"
          x1="${busX(network)}"
          x2="${left}"
          y1="${at}"
          y2="${at}"
        ></line>
        <circle class="tp-plug n${network % 4}" cx="${busX(network)}" cy="${at}" r="4.5"></circle>`
    })
    return html`${plugs}${box(topology, node, left, top, width - left - 2)}`
  })
  return html`<svg viewBox="0 0 ${width} ${y}" role="img" aria-label="${label}">
    ${heads.map(
      (head, index) =>
        html`<line
          class="tp-bus n${index % 4}"
          x1="${busX(index)}"
          x2="${busX(index)}"
          y1="${head.y}"
          y2="${end}"
        ></line>`,
    )}
    ${heads.map((head) => head.markup)} ${boxes}
  </svg>`
}
