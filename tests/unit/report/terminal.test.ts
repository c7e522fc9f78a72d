import t from 'tap'
import { renderTerminal, renderTimelines } from '../../../src/report/index.ts'
import type { Timeline } from '../../../src/run/record.ts'
import { timelineTable } from '../../../src/report/terminal-timeline.ts'
import { hostileRun, powerCut, sampleRun } from './sample-run.ts'

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

void t.test('a claim’s failover is a table: when, what, who, bursts in one row', async (t) => {
  const text = plain(80)
  t.match(text, /^ {3,}−588 ms {2}last advert +keepalived$/m)
  t.match(text, /^ {3,}0 ms {2}fault +keepalived$/m)
  t.match(text, /^ {3,}\+3 031 ms {2}gratuitous ARP ×5 in 1\.1 ms +keepalived-backup$/m)
  t.match(text, /^ {3,}\+3 031 ms {2}neighbour told ×3 at once +client:eth1, node-1:eth1/m)
  t.match(text, /^ {3,}\+8 032 ms {2}gratuitous ARP ×5 in 1\.3 ms +keepalived-backup$/m, 'another burst')
  t.match(
    text.replace(/\s+/g, ' '),
    'Blackout on the wire: 3.07 s (62 requests lost, resolution 52 ms); the service itself was gone for 3.01–3.11 s. By the client’s own account: 3.07 s, 62 requests lost.',
  )
  t.match(plain(120), 'before at 02:88:00:00:00:08', 'what was seen, where there is room')
})

void t.test('the tables of a run alone', async (t) => {
  const text = renderTimelines(sampleRun, { color: false, width: 80 })
  t.match(text, /^004-4 {2}The master’s machine loses power/m)
  t.notMatch(text, '004-1 ')
  t.equal(text.match(/0 ms is the fault/g)?.length, 3)
  const none = { ...sampleRun, claims: sampleRun.claims.filter(({ timelines }) => timelines.length === 0) }
  t.match(renderTimelines(none, { color: false, width: 80 }), 'No claim of this run recorded a timeline.')
  for (const width of [40, 80, 132]) {
    const long = renderTimelines(hostileRun(), { color: false, width }).split('\n')
    t.strictSame(
      long.filter((line) => [...line].length > width),
      [],
    )
  }
})

void t.test('what a timeline lacks is said in words', async (t) => {
  const look = { width: 200, bold: String, dim: String }
  const table = (timeline: Timeline): string => timelineTable(timeline, look).join('\n').replaceAll('\u202f', ' ')
  const whole = powerCut.blackout!
  const none = { lost: 0, atLeastMs: 0, atMostMs: 51, resolutionMs: 50, client: { lost: 0 } }
  t.match(
    table({ ...powerCut, blackout: none }),
    'none, no request was lost; an outage shorter than 51 ms would not be seen. By the client’s own account none.',
  )
  const open = { lost: 62, fromMs: whole.fromMs!, atLeastMs: 3009, resolutionMs: 52 }
  t.match(table({ ...powerCut, blackout: open }), 'at least 3.0 s, and no request was served again (62 requests lost).')
  t.match(table({ ...powerCut, blackout: { ...whole, servedBetween: 2 } }), '62 requests lost, 2 served in between')
  const events = powerCut.events.filter(({ kind }) => kind !== 'fault')
  t.match(table({ ...powerCut, events }), '0 ms is the first event')
  t.match(table({ title: 'empty', events: [] }), 'nothing was recorded')
})

void t.test('what failed says where its evidence lies', async (t) => {
  const text = renderTerminal(sampleRun, { color: false, width: 100 })
  t.match(text, 'again: npx lvslab run 004-8\n          evidence in evidence/004-8/\n')
})
