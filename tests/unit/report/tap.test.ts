import { Parser, type FinalResults, type Result } from 'tap-parser'
import t from 'tap'
import { replay, TapReporter } from '../../../src/report/index.ts'
import type { RunRecord } from '../../../src/run/record.ts'
import { Collected } from './collect.ts'
import { oddRun, runs } from './odd-runs.ts'

async function tapOf(run: RunRecord): Promise<string> {
  const out = new Collected()
  await replay(run, new TapReporter(out))
  return out.text
}

interface Parsed {
  readonly results: FinalResults
  readonly suites: readonly string[]
  readonly points: readonly Result[]
  readonly extra: readonly string[]
}

function parse(text: string): Parsed {
  const points: Result[] = []
  const suites: string[] = []
  const extra: string[] = []
  let results: FinalResults | undefined
  const parser = new Parser({ strict: true }, (final) => (results = final))
  parser.on('extra', (line: string) => extra.push(line))
  parser.on('child', (child: Parser) => {
    child.on('extra', (line: string) => extra.push(line))
    child.on('assert', (point: Result) => points.push(point))
  })
  parser.on('assert', (suite: Result) => suites.push(suite.name))
  parser.end(text)
  if (!results) throw new Error('the parser said nothing')
  return { results, suites, points, extra }
}

for (const [name, run] of Object.entries(runs)) {
  void t.test(`${name}: a strict parser counts what the record counts`, async (t) => {
    const { results, suites, points, extra } = parse(await tapOf(run))
    const count = (verdict: string): number => run.claims.filter((claim) => claim.verdict === verdict).length
    t.strictSame(extra, [], 'nothing that is not TAP')
    t.equal(suites.length, new Set(run.claims.map(({ topology }) => topology)).size, 'a subtest per topology')
    t.equal(points.length, run.claims.length, 'a point per claim record')
    t.equal(points.filter(({ ok }) => !ok).length, count('fail'))
    t.equal(points.filter(({ skip }) => skip).length, count('skip') + count('inconclusive'))
    t.equal(points.filter(({ todo }) => todo).length, 0)
    const told = points.map(({ diag }) => (diag as { verdict: string }).verdict)
    for (const verdict of ['pass', 'fail', 'inconclusive', 'skip'])
      t.equal(told.filter((one) => one === verdict).length, count(verdict), `${verdict} in the diagnostics`)
    t.equal(Boolean(results.bailout), run.interrupted, 'a run that was interrupted is not whole')
    if (run.claims.length > 0 && !run.interrupted) t.equal(results.ok, count('fail') === 0)
  })
}

void t.test('figures, windows, reason and code are in the diagnostics', async (t) => {
  const { points } = parse(await tapOf(oddRun))
  const of = (start: string): Record<string, unknown> =>
    (points.find(({ name }) => name.startsWith(start))?.diag ?? {}) as Record<string, unknown>
  t.match(of('004-8 '), {
    verdict: 'fail',
    reason: /8\.42 s/,
    figures: [{ name: 'removal of node-1', value: 8421, unit: 'ms', min: 100, max: 7800, within: false }, {}],
    broken: [/node-1 was removed inside the window: removed at/],
    again: 'npx lvslab run 004-8',
  })
  t.match(of('000-1 '), {
    code: 'LVSLAB_E_CLAIM_PROCESS',
    errorKind: 'infrastructure',
    at: { file: 'tests/documents/nat-heartbeat.test.ts', line: 41 },
  })
  t.notMatch(await tapOf(oddRun), '\u001b')
})

void t.test('an inconclusive claim is neither ok nor not ok: it is skipped, and says why', async (t) => {
  const { points } = parse(await tapOf(oddRun))
  const point = points.find(({ name }) => name.startsWith('004-9 '))
  t.match(point?.skip, /^inconclusive: the bound was missed by 18 ms/)
})

void t.test('titles keep their #, and repeated claims have names of their own', async (t) => {
  const { points } = parse(await tapOf(oddRun))
  t.ok(points.find(({ name, skip }) => name.includes('# SKIP not really \\ ]]>') && !skip))
  t.equal(new Set(points.map(({ name }) => name)).size, points.length)
})

void t.test('a topology is told as soon as its last claim has ended', async (t) => {
  const out = new Collected()
  const tap = new TapReporter(out)
  const [one, two] = oddRun.claims
  if (!one || !two) return t.fail('the sample has claims')
  tap.runStarted({ startedAt: '', command: [], topologies: [{ name: one.topology, claims: 2 }] })
  tap.claimEnded(one)
  t.equal(out.text, 'TAP version 14\n')
  tap.claimEnded(two)
  t.match(out.text, /^ok 1 - dr-vrrp$/m)
})
