import t from 'tap'
import { TOKENS } from '../../../src/report/html/style-tokens.ts'
import { trafficOf } from '../../../src/report/html/traffic-model.ts'
import { renderHtml } from '../../../src/report/index.ts'
import { reproduce } from '../../../src/report/summary.ts'
import type { Timeline } from '../../../src/run/record.ts'
import { emptyRun, oddRun } from './odd-runs.ts'
import { sampleRun } from './sample-run.ts'

const request = (atMs: number, server?: string) => ({
  ...{ atMs, durationMs: 7, outcome: server === undefined ? ('error' as const) : ('ok' as const) },
  ...(server !== undefined && { server }),
})
const every50 = Array.from({ length: 40 }, (_, n) => n * 50)

void t.test('answers are counted by server in bins that begin at the fault', async (t) => {
  const timeline: Timeline = {
    title: 'x',
    events: [
      { atMs: 1010, kind: 'fault', label: 'cable out' },
      { atMs: 1510, kind: 'cable back', label: 'cable in' },
    ],
    requests: every50.map((at) => request(at, at > 1010 && at < 1510 ? undefined : at % 100 === 0 ? 'b' : 'a')),
  }
  const model = trafficOf(timeline)
  if (!model) return t.fail('there is something to draw')
  t.match(model, { origin: 'the fault', binMs: 50, faults: [{ from: 0, to: 500, label: 'cable out' }] })
  t.strictSame(
    model.series.map(({ name, ok }) => [name, ok]),
    [
      ['a', true],
      ['b', true],
      ['failed', false],
    ],
  )
  const sums = model.series.map(({ perBin }) => perBin.reduce((sum, count) => sum + count, 0))
  t.equal(
    sums.reduce((sum, count) => sum + count, 0),
    40,
    'every request is in a bin',
  )
  const zero = -model.from / model.binMs
  t.equal(zero, Math.round(zero), 'no bin is on both sides of the fault')
  const failed = model.series.find(({ ok }) => !ok)?.perBin ?? []
  t.ok(
    failed.slice(0, zero).every((count) => count === 0),
    'nothing failed before it',
  )
  t.equal(model.latencies.length, 40 - (sums[2] ?? 0))
})

void t.test(
  'a fault that nothing mends lasts to the end; without one time counts from the first request',
  async (t) => {
    const requests = every50.map((at) => request(at + 500, 'a'))
    const open = trafficOf({ title: 'x', events: [{ atMs: 700, kind: 'fault', label: '' }], requests })
    t.equal(open?.faults[0]?.to, open?.to)
    t.match(trafficOf({ title: 'x', events: [], requests }), {
      origin: 'the first request',
      from: 0,
      faults: { length: 0 },
    })
  },
)

void t.test('too little to draw is not drawn', async (t) => {
  t.equal(trafficOf({ title: 'x', events: [] }), undefined)
  t.equal(trafficOf({ title: 'x', events: [], requests: [request(1, 'a')] }), undefined)
  const odd = Array.from({ length: 20 }, () => request(NaN, 'a'))
  t.equal(trafficOf({ title: 'x', events: [], requests: odd }), undefined)
})

void t.test('a minute and an hour have no more bars than a picture', async (t) => {
  for (const last of [60_000, 3_600_000]) {
    const requests = Array.from({ length: 600 }, (_, n) => request((n * last) / 599, 'a'))
    t.ok((trafficOf({ title: 'x', events: [], requests })?.series[0]?.perBin.length ?? 99) <= 61)
  }
})

void t.test('the page: documents summed up where there are several, and no gap in the headings', async (t) => {
  const page = renderHtml(oddRun)
  t.match(page, /id="documents"/)
  t.match(page, /<th scope="row"><a href="#cluster:1">dr-vrrp<\/a><\/th>/)
  t.match(page, 'id="cluster:1"')
  t.notMatch(renderHtml(sampleRun), 'id="documents"', 'the banner says it for one')
  for (const run of [oddRun, sampleRun, emptyRun]) {
    const levels = [...renderHtml(run).matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
    t.equal(levels[0], 1)
    t.equal(levels.filter((level) => level === 1).length, 1)
    levels.forEach((level, n) => n > 0 && t.ok(level <= (levels[n - 1] ?? 0) + 1, `h${levels[n - 1]} then h${level}`))
  }
})

void t.test('every picture has words', async (t) => {
  const pictures = [...renderHtml(oddRun).matchAll(/<svg[^>]*>/g)].map(([tag]) => tag)
  t.ok(pictures.length > 4)
  for (const tag of pictures) t.match(tag, /role="img"[^>]*aria-label="[^"]{10,}"|aria-hidden="true"/)
})

void t.test('the command that runs a claim again asks for what the run asked for', async (t) => {
  const command = ['lvslab', 'run', 'dr-vrrp', '--kernel', '6.12; rm', '--cold', '--repeat', '3', '--keepalived=2.3.3']
  t.equal(reproduce({ id: '004-4' }, command), "npx lvslab run 004-4 --kernel '6.12; rm' --cold --keepalived=2.3.3")
  t.equal(reproduce({ id: "a'b" }), "npx lvslab run 'a'\\''b'")
})

/** WCAG 2.2, 1.4.11: what a picture is made of stands out from its ground by 3:1. */
void t.test('colours of pictures stand out from their grounds', async (t) => {
  const modes = TOKENS.split('@media')
  const colors = modes.map(
    (css) => new Map([...css.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, k, v]) => [k ?? '', v ?? ''])),
  )
  const light = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    const linear = (v = 0): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
  }
  for (const [mode, of] of colors.entries()) {
    for (const ink of ['s0', 's1', 's2', 's3', 's4', 's5', 'fail-solid']) {
      for (const ground of ['surface', 'fail-tint']) {
        const [a, b] = [light(of.get(ink) ?? ''), light(of.get(ground) ?? '')]
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
        t.ok(ratio >= 3, `${['light', 'dark'][mode]}: ${ink} on ${ground} ${ratio.toFixed(2)}`)
      }
    }
  }
})
