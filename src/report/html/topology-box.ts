import type { TopologyRecord } from '../../run/record.ts'
import { shorten } from '../text.ts'
import { html, type Markup } from './markup.ts'
import { vipsOf, type NodeRecord } from './topology-model.ts'

/** Height of a line of text. */
export const LINE = 17
/** Room between a box's edge and its text. */
export const PAD = 12

export function boxHeight(topology: TopologyRecord, node: NodeRecord): number {
  return (
    PAD * 2 + LINE * (1 + Number(node.roles.length > 0) + node.interfaces.length + vipsOf(topology, node).length) - 3
  )
}

/** A node: its name, roles, interfaces with addresses, and the VIPs that it may hold. */
export function box(topology: TopologyRecord, node: NodeRecord, x: number, y: number, width: number): Markup {
  const letters = Math.floor((width - 2 * PAD) / 6.9)
  const line = (row: number, name: string, text: string) =>
    html`<text class="${name}" x="${x + PAD}" y="${y + PAD + 11 + row * LINE}"
      ><title>${text}</title>${shorten(text, letters)}</text
    >`
  const first = 1 + Number(node.roles.length > 0)
  const role = node.roles.includes('director') ? 'director' : node.roles.includes('client') ? 'client' : 'server'
  return html`<rect
      class="tp-box ${role}"
      x="${x}"
      y="${y}"
      width="${width}"
      height="${boxHeight(topology, node)}"
      rx="7"
    ></rect>
    ${line(0, 'tp-name', node.name)} ${node.roles.length > 0 && line(1, 'tp-role', node.roles.join(', '))}
    ${node.interfaces.map((own, index) => line(first + index, 'tp-mono', `${own.name} ${own.address}`))}
    ${vipsOf(topology, node).map((vip, index) => line(first + node.interfaces.length + index, 'tp-vip', `may hold ${vip}`))}`
}
