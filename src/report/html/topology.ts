import type { TopologyRecord } from '../../run/record.ts'
import { html, prose, type Markup } from './markup.ts'
import { topologyPicture } from './topology-picture.ts'
import { vipsOf } from './topology-model.ts'

/** A cluster: its picture, what differs from its document, and its nodes as a table. */
export function topologySection(topology: TopologyRecord): Markup {
  return html`<figure class="topology">
      <figcaption class="visually-hidden">The cluster ${topology.name}</figcaption>
      ${topologyPicture(topology)}
    </figure>
    ${
      topology.notes.length > 0 &&
      html`<div class="notes">
        <h3 class="small-heading">What differs from the document</h3>
        <ul>
          ${topology.notes.map((note) => html`<li>${prose(note)}</li>`)}
        </ul>
      </div>`
    }
    <details>
      <summary>The same as a table</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Nodes of ${topology.name}">
        <table>
          <thead>
            <tr>
              <th scope="col">node</th>
              <th scope="col">roles</th>
              <th scope="col">interface</th>
              <th scope="col">network</th>
              <th scope="col">address</th>
              <th scope="col">may hold</th>
            </tr>
          </thead>
          <tbody>
            ${topology.nodes.map((node) =>
              (node.interfaces.length > 0 ? node.interfaces : [undefined]).map(
                (own) =>
                  html`<tr>
                    <th scope="row">${node.name}</th>
                    <td>${node.roles.join(', ')}</td>
                    <td><code>${own?.name ?? '–'}</code></td>
                    <td>${own?.network ?? '–'}</td>
                    <td><code>${own?.address ?? '–'}</code></td>
                    <td><code>${vipsOf(topology, node).join(', ') || '–'}</code></td>
                  </tr> `,
              ),
            )}
          </tbody>
        </table>
      </div>
    </details>`
}
