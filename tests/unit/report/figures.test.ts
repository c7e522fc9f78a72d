import t from 'tap'
import { duration, excess, figureText, offset, size, standing, windowPhrase } from '../../../src/report/quantity.ts'
import { ticks, placeLabels, textWidth } from '../../../src/report/html/label-layout.ts'
import { modelOf } from '../../../src/report/html/timeline-model.ts'
import { escape, html, prose } from '../../../src/report/html/markup.ts'
import { fileLink } from '../../../src/report/html/links.ts'

const figure = (value: number, unit: string, min?: number, max?: number) => ({
  name: 'it',
  value,
  unit,
  window: { ...(min !== undefined && { min }), ...(max !== undefined && { max }), formula: '', source: '' },
})
const plain = (text: string | undefined) => text?.replaceAll('\u202f', ' ')

void t.test('value and window share unit and decimals', async (t) => {
  t.equal(plain(windowPhrase(figure(3420, 'ms', 2610, 3710))), 'in 2.61–3.71 s')
  t.equal(plain(figureText(figure(412, 'ms', 0, 900)).value), '412 ms')
  t.equal(plain(windowPhrase(figure(0.51, 'share', 0.45, 0.55))), 'in 45.0–55.0 %')
  t.equal(plain(windowPhrase(figure(2, 'count', 2, 2))), 'exactly 2')
  t.equal(plain(windowPhrase(figure(12_500, 'requests', undefined, 20_000))), 'at most 20 000 requests')
  t.equal(plain(windowPhrase(figure(1, 'requests', 4))), 'not at least 4 requests')
})

void t.test('a near miss is told with as many decimals as it takes', async (t) => {
  const near = figure(3709.6, 'ms', 2609, 3709)
  t.equal(plain(figureText(near).value), '3.710 s')
  t.equal(plain(figureText(near).max), '3.709 s')
  t.equal(plain(excess(near)), '0.6 ms over')
})

void t.test('the record’s own judgement of a figure counts', async (t) => {
  t.equal(standing({ ...figure(5, 'ms', 0, 10), within: false }), 'outside')
  t.equal(standing({ ...figure(11, 'ms', 0, 10), within: true }), 'inside')
  t.equal(standing(figure(11, 'ms', 0, 10)), 'above')
  t.equal(standing({ name: 'it', value: 1, unit: 'ms' }), undefined)
  t.equal(standing(figure(NaN, 'ms', 0, 10)), 'outside')
  t.equal(figureText(figure(NaN, 'ms', 0, 10)).value, 'not measured')
})

void t.test('times for people', async (t) => {
  t.strictSame(
    [0, 412.4, 3420, 59_960, 125_000, 4_320_000].map((ms) => plain(duration(ms))),
    ['0 ms', '412 ms', '3.4 s', '1 min 00 s', '2 min 05 s', '1 h 12 min'],
  )
  t.strictSame(
    [-588.2, 0, 3412].map((ms) => plain(offset(ms))),
    ['−588 ms', '0 ms', '+3 412 ms'],
  )
})

void t.test('templates escape, markup stays, code is marked', async (t) => {
  t.equal(escape(`<a href="x" title='y'>&\u0007`), '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\ufffd')
  t.equal(html`<b>${'<'}${html`<i>${1}</i>`}${false}${undefined}${['a', 'b']}</b>`.text, '<b>&lt;<i>1</i>ab</b>')
  t.equal(prose('run `rm <x>` now').text, 'run <code>rm &lt;x&gt;</code> now')
})

void t.test('evidence is linked beside the report or not at all', async (t) => {
  t.equal(fileLink('evidence/a b#1.txt'), './evidence/a%20b%231.txt')
  t.equal(fileLink('javascript:alert(1)'), './javascript%3Aalert(1)')
  for (const path of ['/etc/passwd', '../x', 'a/../../x', '', '..\\x']) t.equal(fileLink(path), undefined, path)
})

void t.test('labels stay inside and apart, however many', async (t) => {
  for (const step of [0, 0.5, 7, 30, 90]) {
    const wanted = Array.from({ length: 9 }, (_, n) => ({
      x: 20 + n * step,
      width: textWidth('gratuitous ARP +3 031 ms', 12),
    }))
    const placed = placeLabels(wanted, 0, 800).map((spot, n) => ({ ...spot, to: spot.x + (wanted[n]?.width ?? 0) }))
    for (const [n, one] of placed.entries()) {
      t.ok(one.x >= 0 && one.to <= 800, 'inside')
      const hit = placed.slice(n + 1).some((other) => other.row === one.row && other.x < one.to && one.x < other.to)
      t.notOk(hit, `${step} px apart, label ${n}`)
    }
  }
})

void t.test('axis numbers are round', async (t) => {
  t.strictSame(ticks(-1.2, 5, 7), [-1, 0, 1, 2, 3, 4, 5])
  t.strictSame(ticks(-3000, 8700, 7), [-2000, 0, 2000, 4000, 6000, 8000])
})

void t.test(
  'a timeline is told from the fault; a burst is one mark; outages are three failures in a row or more',
  async (t) => {
    const arp = [0, 1, 2].map((n) => ({ atMs: 4000 + n, kind: 'gratuitous ARP', label: '', node: 'b' }))
    const outcomes = ['ok', 'error', 'ok', 'error', 'error', 'error', 'ok', 'error', 'error', 'error'] as const
    const model = modelOf({
      title: 'x',
      events: [...arp, { atMs: 1000, kind: 'fault', label: '', node: 'a' }],
      requests: outcomes.map((outcome, n) => ({ atMs: 1000 + n * 100, durationMs: 50, outcome, server: 's' })),
    })
    t.strictSame(
      model?.lanes.map(({ name, marks }) => [name, ...marks.map(({ at, count }) => `${at} ×${count}`)]),
      [
        ['a', '0 ×1'],
        ['b', '3000 ×3'],
      ],
    )
    t.strictSame(model?.outages, [
      { from: 300, to: 650, failed: 3, ended: true },
      { from: 700, to: 950, failed: 3, ended: false },
    ])
    t.equal(modelOf({ title: 'nothing', events: [] }), undefined)
  },
)

void t.test('sizes for people', async (t) => {
  t.strictSame(
    [0, 999, 3400, 12_345_678, 999_600].map((bytes) => plain(size(bytes))),
    ['0 B', '999 B', '3.4 kB', '12 MB', '1.0 MB'],
  )
})
