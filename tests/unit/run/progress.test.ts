import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { ClaimRecord } from '../../../src/run/record.ts'
import { Durations } from '../../../src/run/progress/durations.ts'
import { remainingMs } from '../../../src/run/progress/estimate.ts'
import { cut, LiveBlock } from '../../../src/run/progress/live-block.ts'
import { ProgressView } from '../../../src/run/progress/progress-view.ts'
import { roughly } from '../../../src/run/progress/times.ts'
import { sampleRun } from '../report/sample-run.ts'
import { Screen } from './support/screen.ts'

const [pass] = sampleRun.claims as readonly [ClaimRecord, ...ClaimRecord[]]
const planned = (id: string, timed = false) => ({ id, timed })
const started = (id: string, attempt = 1) => ({ id, topology: 'dr-vrrp', title: `title of ${id}`, attempt })

void t.test('a block is drawn over itself, and what is printed stays above it', async (t) => {
  const screen = new Screen(20, 10)
  const block = new LiveBlock(screen)
  block.draw(['one', 'two', 'three'])
  block.draw(['four', 'five'])
  t.strictSame(screen.lines, ['four', 'five'])
  block.print('stays', ['six'])
  t.strictSame(screen.lines, ['stays', 'six'])
  block.print('stays\ntoo', ['seven', 'a line that is longer than twenty columns'])
  t.strictSame(screen.lines, ['stays', 'stays', 'too', 'seven', 'a line that is lon…'])
  block.clear()
  t.strictSame(screen.lines, ['stays', 'stays', 'too'])
  block.clear()
  screen.write('after\n')
  t.strictSame(screen.lines, ['stays', 'stays', 'too', 'after'])
  t.equal(screen.writes, 6, 'one write a frame, so that nothing half drawn is ever seen')
})

void t.test('a block is never higher than its terminal', async (t) => {
  const screen = new Screen(20, 4)
  const block = new LiveBlock(screen)
  block.draw(Array.from({ length: 9 }, (_, n) => `line ${n}`))
  block.draw(Array.from({ length: 9 }, (_, n) => `row ${n}`))
  t.strictSame(screen.lines, ['row 0', 'row 1', 'row 2'])
})

void t.test('cutting counts columns, not colours, and leaves none on', async (t) => {
  t.equal(cut('\u001b[31mabcdef\u001b[0m', 4), '\u001b[31mabc…\u001b[0m')
  t.equal(cut('\u001b[31mabcd\u001b[0m', 4), '\u001b[31mabcd\u001b[0m')
})

void t.test('what is left: lanes share, timed claims come alone after them', async (t) => {
  const known = new Map([
    ['a', 10],
    ['b', 20],
    ['c', 30],
  ])
  t.equal(remainingMs([planned('a')], [], new Map(), 2), undefined, 'nothing is known')
  t.equal(remainingMs([planned('a'), planned('b'), planned('c')], [], known, 2), 40)
  t.equal(remainingMs([planned('c', true), planned('a', true)], [{ ...planned('b'), elapsedMs: 5 }], known, 2), 55)
  t.equal(remainingMs([planned('stranger', true)], [{ ...planned('b'), elapsedMs: 500 }], known, 2), 20)
})

void t.test('estimates are no more exact than they are', async (t) => {
  t.strictSame([1_200, 21_000, 54_000, 59_000, 260_000, 4_300_000, 7_200_000].map(roughly), [
    ...['5 s', '20 s', '55 s', '1 min', '4 min', '1 h 10 min', '2 h'],
  ])
})

void t.test('durations are remembered by kind, the last five of each claim', async (t) => {
  const path = join(t.testdir(), 'cache', 'durations.json')
  const tcg = new Durations('tcg', path)
  t.equal(tcg.read().size, 0)
  for (const durationMs of [1, 900, 10, 20, 30, 40]) await tcg.add([{ ...pass, id: 'a', durationMs }])
  t.equal(tcg.read().get('a'), 30, 'the median of 900, 10, 20, 30, 40')
  t.equal(new Durations('kvm', path).read().size, 0)
  const skipped: ClaimRecord = { ...pass, id: 'b', verdict: 'skip' }
  const lost: ClaimRecord = { ...pass, id: 'c', verdict: 'fail', errorKind: 'infrastructure' }
  await tcg.add([skipped, lost])
  t.strictSame([...tcg.read().keys()], ['a'])
  await writeFile(path, 'not json')
  t.equal(tcg.read().size, 0, 'what cannot be read is no error')
  await tcg.add([{ ...pass, id: 'a', durationMs: 7 }])
  t.match(JSON.parse(await readFile(path, 'utf8')), { tcg: { a: [7] } })
})

void t.test('without a terminal: a line per claim, no control characters, no steps', async (t) => {
  let text = ''
  const out = { write: (part: string) => (text += part) }
  const view = new ProgressView(out, { claims: [planned('004-1')] }, {})
  view.progress('building the kernel')
  view.claimStarted(started('004-1'))
  view.progress('booting the cluster', '004-1')
  view.claimEnded({ ...pass, id: '004-1', verdict: 'fail', reason: 'a\nb' })
  view.close()
  t.notMatch(text, /[\u0000-\u0009\u000b-\u001f]/)
  t.match(text, /building the kernel\n.*✗ 004-1 .*\n {11}a\n {11}b\n$/)
  t.notMatch(text, 'booting')
})

for (const [name, env] of Object.entries({ CI: { CI: 'true' }, 'a dumb terminal': { TERM: 'dumb' } })) {
  void t.test(`${name} gets plain lines`, async (t) => {
    let text = ''
    const out = { isTTY: true, columns: 80, write: (part: string) => (text += part) }
    const view = new ProgressView(out, { claims: [planned('004-1')] }, env)
    view.claimStarted(started('004-1'))
    view.claimEnded({ ...pass, id: '004-1' })
    view.close()
    t.match(text, '✓')
    t.notMatch(text, /\u001b\[\d*[A-K]/)
  })
}

void t.test('on a terminal every lane has its line, and a lane that is free is given again', async (t) => {
  const screen = new Screen(100, 20)
  const claims = ['004-1', '004-2', '004-3'].map((id) => planned(id))
  const view = new ProgressView(screen, { claims }, { NO_COLOR: '1' })
  view.expect(new Map([['004-1', 60_000]]), 2)
  view.claimStarted(started('004-1'))
  view.claimStarted(started('004-2'))
  view.progress('waiting for an advert', '004-2', 8_000)
  view.doing(undefined)
  t.match(screen.lines, [
    / 0 of 3 claims, about 2 min to go/,
    /1 dr-vrrp 004-1 title of/,
    /2 dr-vrrp 004-2 waiting at most 8 s for an advert/,
  ])
  view.claimEnded({ ...pass, id: '004-1', title: 'held' })
  view.claimStarted(started('004-3'))
  view.claimStarted(started('004-2', 2))
  view.doing(undefined)
  t.match(screen.lines, [/✓ 004-1 +held/, / 1 of 3 claims/, /1 dr-vrrp 004-3/, /2 dr-vrrp 004-2 attempt 2/])
  view.close()
  t.match(screen.lines, [/✓ 004-1/])
  t.equal(screen.lines.length, 1, 'nothing live is left')
  t.notMatch(screen.raw, /\u001b\[\d*m/, 'no colour')
})
