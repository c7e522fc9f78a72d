import t from 'tap'
import { renderTerminal } from '../../../src/report/index.ts'
import { hostileRun, sampleRun } from './sample-run.ts'

const plain = (width: number, run = sampleRun) =>
  renderTerminal(run, { color: false, width, reportPath: 'reports/x/report.html' })

void t.test('a claim is a line with its figures against their windows under it', async (t) => {
  const text = plain(100)
  t.match(text, ' ✓ 004-4   The master’s machine loses power')
  t.match(text, 'takeover after last advert 3.62 s in 3.61–3.71 s\n')
  t.match(text, 'both claimed the VIP 0.41 s, at most 1.10 s\n')
  t.match(text, 'removal of node-1 8.42 s, not in 0.10–7.80 s (621 ms over)\n')
  t.match(text, '✗ 10 of 13 claims hold, 1 fails, 1 is inconclusive, 1 was skipped; 2 findings\n')
  t.match(text, 'again: npx lvslab run 004-8\n')
  t.match(text, 'report: reports/x/report.html\n')
  t.ok(text.indexOf('004-2 ') < text.indexOf('004-10 '), 'in the order of their numbers')
})

void t.test('reasons of what is not a pass are shown', async (t) => {
  const text = plain(200)
  for (const { verdict, reason } of sampleRun.claims) if (verdict !== 'pass') t.match(text, reason)
})

void t.test('no line is longer than the terminal, whatever the record holds', async (t) => {
  for (const run of [sampleRun, hostileRun()]) {
    for (const width of [40, 80, 132]) {
      const long = plain(width, run)
        .split('\n')
        .filter((line) => [...line].length > width && !line.includes('report: ') && !line.includes('again: '))
      t.strictSame(long, [], `${width} columns`)
    }
  }
})

void t.test('colour only when asked for, and never an escape sequence out of the record', async (t) => {
  t.notMatch(plain(80), '\u001b')
  t.notMatch(plain(80, hostileRun()), '\u001b')
  const colored = renderTerminal(sampleRun, { color: true, width: 80 })
  t.match(colored, '\u001b[31m✗\u001b[39m')
  t.equal(colored.replace(/\u001b\[\d+m/g, ''), renderTerminal(sampleRun, { color: false, width: 80 }))
  t.notMatch(renderTerminal(hostileRun(), { color: true, width: 80 }), '\u001b[2J')
})

void t.test('a run of no claims', async (t) => {
  t.match(plain(80, { ...sampleRun, claims: [], verdict: 'skip' }), 'No claim was run')
})

void t.test('what failed says where its evidence lies', async (t) => {
  const text = renderTerminal(sampleRun, { color: false, width: 100 })
  t.match(text, 'again: npx lvslab run 004-8\n          evidence in evidence/004-8/\n')
})
