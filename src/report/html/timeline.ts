import type { Timeline } from '../../run/record.ts'
import { offset } from '../quantity.ts'
import { plural } from '../text.ts'
import { blackoutText, burstText, timelineRows, type Origin } from '../timeline-rows.ts'
import { html, type Markup } from './markup.ts'
import { modelOf, type TimelineModel } from './timeline-model.ts'
import { timelinePicture } from './timeline-picture.ts'
import { outageText } from './timeline-requests.ts'

/** A timeline as a picture, and the same as tables for who cannot see it or wants the numbers. */
export function timelineSection(timeline: Timeline): Markup {
  const model = modelOf(timeline)
  if (model === undefined) return html`<p class="muted">${timeline.title}: nothing was recorded.</p>`
  const outside = model.outside > 0 ? `${plural(model.outside, 'request')} before or after are not drawn. ` : ''
  return html`<figure class="timeline">
    <figcaption>${timeline.title}</figcaption>
    ${timelinePicture(model)} ${timeline.blackout && html`<p class="blackout">${blackoutText(timeline.blackout)}</p>`}
    ${eventTable(timeline, { name: model.origin, atMs: model.originMs })}
    <details>
      <summary>The client’s requests, and where zero is</summary>
      ${requestTable(timeline, model.originMs)}
      <p class="muted small">
        ${outside}${outages(model)} 0 ms is ${model.origin}, ${model.originMs.toFixed(1)} ms on the cluster’s clock.
        Every event of a burst and every request are in run.json, and for each event that a frame shows the display
        filter that finds it in the capture.
      </p>
    </details>
  </figure>`
}

function outages(model: TimelineModel): string {
  return model.outages
    .map((outage) => `${outageText(outage)}, from ${offset(outage.from)} to ${offset(outage.to)}.`)
    .map((text) => text.charAt(0).toUpperCase() + text.slice(1))
    .join(' ')
}

function eventTable(timeline: Timeline, origin: Origin): Markup {
  return html`<table class="events">
    <caption>
      ${timeline.title}: events from ${origin.name}
    </caption>
    <thead>
      <tr>
        <th scope="col" class="num">when</th>
        <th scope="col">what</th>
        <th scope="col">who</th>
      </tr>
    </thead>
    <tbody>
      ${timelineRows(timeline, origin).map(
        (row) =>
          html`<tr>
            <td class="num">${offset(row.at)}</td>
            <th scope="row">
              ${row.kind} ${burstText(row)}
              <span class="detail">${row.labels.join('; ')}</span>
            </th>
            <td>${row.who.length === 0 ? '–' : row.who.map((name) => html`<span class="who">${name}</span> `)}</td>
          </tr> `,
      )}
    </tbody>
  </table>`
}

type Requests = NonNullable<Timeline['requests']>

interface Stretch {
  readonly outcome: 'ok' | 'error'
  readonly requests: Requests
}

/* Two hundred rows say less than "80 answered, 62 failed, 94 answered". */
function stretches(requests: Requests): Stretch[] {
  const all: { outcome: 'ok' | 'error'; requests: Requests[number][] }[] = []
  for (const request of requests.toSorted((a, b) => a.atMs - b.atMs)) {
    const last = all.at(-1)
    if (last?.outcome === request.outcome) last.requests.push(request)
    else all.push({ outcome: request.outcome, requests: [request] })
  }
  return all
}

function requestTable(timeline: Timeline, originMs: number): Markup | undefined {
  if (!timeline.requests?.length) return undefined
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Requests: ${timeline.title}">
    <table>
      <caption>
        The client’s requests, in stretches of one outcome
      </caption>
      <thead>
        <tr>
          <th scope="col" class="num">first begun</th>
          <th scope="col" class="num">last begun</th>
          <th scope="col">outcome</th>
          <th scope="col" class="num">requests</th>
          <th scope="col">answered by</th>
          <th scope="col" class="num">slowest</th>
        </tr>
      </thead>
      <tbody>
        ${stretches(timeline.requests).map(
          ({ outcome, requests }) =>
            html`<tr>
              <td class="num">${offset((requests[0]?.atMs ?? 0) - originMs)}</td>
              <td class="num">${offset((requests.at(-1)?.atMs ?? 0) - originMs)}</td>
              <th scope="row" class="${outcome === 'ok' ? 'pass' : 'fail'}">
                ${outcome === 'ok' ? '✓ ok' : '✗ error'}
              </th>
              <td class="num">${requests.length}</td>
              <td>${servers(requests)}</td>
              <td class="num">
                ${offset(Math.max(...requests.map((request) => request.durationMs))).replace('+', '')}
              </td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`
}

function servers(requests: Requests): string {
  const counts = new Map<string, number>()
  for (const { server } of requests) if (server !== undefined) counts.set(server, (counts.get(server) ?? 0) + 1)
  const parts = [...counts].toSorted(([a], [b]) => a.localeCompare(b)).map(([server, count]) => `${server} ${count}`)
  return parts.length > 0 ? parts.join(', ') : '–'
}
