import type { TopologyRecord } from '../../run/record.ts'
import { shorten } from '../text.ts'
import { html, type Markup } from './markup.ts'
import { narrow } from './topology-narrow.ts'
import { wide } from './topology-wide.ts'

/** The cluster as a picture, once for wide and once for narrow windows. */
export function topologyPicture(topology: TopologyRecord): Markup {
  const count = `${topology.nodes.length} nodes on ${topology.networks.length} networks`
  const label = shorten(`${topology.name}: ${count}; the table below says the same`, 300)
  return html`<div class="wide scroll" tabindex="0" role="region" aria-label="Picture of ${shorten(topology.name, 80)}">
      ${wide(topology, label)}
    </div>
    <div class="narrow">${narrow(topology, label)}</div>`
}
