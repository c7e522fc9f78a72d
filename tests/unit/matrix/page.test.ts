import t from 'tap'
import { renderNight } from '../../../src/matrix/page.ts'
import { cell, night } from './sample-night.ts'

void t.test('a cell for each combination, with its verdict in words, leading to its report', async (t) => {
  const cells = [
    cell('6.1', '2.2.7', { '004-4': 'pass', '004-5': 'pass' }),
    cell('6.12', '2.2.7', { '004-4': 'fail', '004-5': 'pass' }),
    { ...cell('6.1', '2.3.3'), state: 'broken' as const, reason: 'no <mirror>\nmore' },
    { ...cell('6.12', '2.3.3'), state: 'planned' as const },
  ]
  const text = renderNight(night(cells), undefined, [])
  t.match(text, /is-pass">\s*<a href="\.\/cells\/kernel-6\.1\.keepalived-2\.2\.7\/report\.html">2 pass<\/a>/)
  t.match(text, /is-fail">\s*<a [^>]*>1 pass, 1 fail<\/a>\s*<br \/>004-4/)
  t.match(text, 'broken: no &lt;mirror&gt;')
  t.match(text, 'not yet')
  t.match(text, '3620 ms')
  t.notMatch(text, /<script/)
})

void t.test('the trend over earlier nights', async (t) => {
  const cells = [cell('6.1', '2.2.7', { '004-4': 'pass' })]
  const earlier = [night(cells, '2026-11-18T01:00:00.000Z'), night(cells, '2026-11-19T01:00:00.000Z')]
  const text = renderNight(night(cells), earlier[1], earlier)
  t.match(text, /<svg class="spark"[^>]*aria-label="2 earlier nights: 3620 to 3620"/)
  t.match(text, 'Against 2026-11-19. Nothing is worse, nothing is better.')
})
