import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { renderJunit, writeReports } from '../../../src/report/index.ts'
import type { ClaimRecord, RunRecord } from '../../../src/run/record.ts'
import { oddRun, runs } from './odd-runs.ts'

const SCHEMA = join(import.meta.dirname, 'junit.xsd')
const withoutXmllint = spawnSync('xmllint', ['--version']).status === 0 ? false : 'xmllint is not installed'

/** What an XML parser finds at an XPath expression. */
function ask(file: string, xpath: string): string {
  return execFileSync('xmllint', ['--nonet', '--xpath', xpath, file], { encoding: 'utf8' }).trim()
}

const isError = ({ verdict, errorKind }: ClaimRecord): boolean =>
  verdict === 'fail' && errorKind !== undefined && errorKind !== 'assertion'

for (const [name, run] of Object.entries(runs)) {
  void t.test(`${name}: valid, and a parser counts what the record counts`, { skip: withoutXmllint }, async (t) => {
    const { junit } = await writeReports(run, t.testdir())
    const checked = spawnSync('xmllint', ['--nonet', '--noout', '--schema', SCHEMA, junit], { encoding: 'utf8' })
    t.equal(checked.status, 0, checked.stderr)
    const count = (xpath: string): number => Number(ask(junit, `count(${xpath})`))
    const verdicts = (verdict: string): number => run.claims.filter((claim) => claim.verdict === verdict).length
    const errors = run.claims.filter(isError).length
    t.equal(count('//testcase'), run.claims.length)
    t.equal(count('//failure'), verdicts('fail') - errors)
    t.equal(count('//error'), errors)
    t.equal(count('//skipped'), verdicts('skip') + verdicts('inconclusive'))
    t.equal(count('//testcase[not(failure or error or skipped)]'), verdicts('pass'))
    t.equal(count('//skipped[@type="inconclusive"]'), verdicts('inconclusive'))
    for (const [attribute, element] of Object.entries({ tests: 'testcase', failures: 'failure', errors: 'error' })) {
      const told = run.claims.length === 0 ? 0 : Number(ask(junit, `sum(//testsuite/@${attribute})`))
      t.equal(told, count(`//${element}`), `the suites say how many ${attribute}`)
      t.equal(Number(ask(junit, `string(/testsuites/@${attribute})`)), count(`//${element}`), 'and so does the root')
    }
    t.equal(count('//testcase[@name = preceding-sibling::testcase/@name]'), 0, 'GitLab drops a second one of a name')
    const findings = run.claims.flatMap((claim) => claim.findings).length
    t.equal(count('//property[contains(@name, " finding ")]'), findings)
  })
}

void t.test('the schema refuses what is wrong', { skip: withoutXmllint }, async (t) => {
  const wrong = {
    outcome:
      '<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><testcase name="b"/></testsuite></testsuites>',
    time: '<testsuites time="1,000.5"/>',
    properties:
      '<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><testcase name="b" classname="c"><properties/></testcase></testsuite></testsuites>',
  }
  const dir = t.testdir(wrong)
  for (const name of Object.keys(wrong)) {
    const checked = spawnSync('xmllint', ['--nonet', '--noout', '--schema', SCHEMA, join(dir, name)])
    t.equal(checked.status, 3, name)
  }
})

void t.test('figures with their windows, formulas and sources are properties', { skip: withoutXmllint }, async (t) => {
  const { junit } = await writeReports(oddRun, t.testdir())
  const property = (name: string): string =>
    ask(junit, `string(//testsuite/properties/property[@name="${name}"]/@value)`)
  t.equal(
    property('004-8 removal of node-1'),
    '8.42 s not in 0.10–7.80 s (621 ms over) ' +
      '(delay_loop + connect_timeout + warm-up (0…delay_loop × 0.1) + 200 ms; keepalived.conf(5), HTTP_GET)'.replace(
        /^/,
        '',
      ),
  )
  t.equal(property('004-9 verdict'), 'inconclusive')
  t.match(property('004-5 finding 1'), /^After the cable is back the old master preempts at once/)
})

void t.test('what a guest wrote cannot spoil the file', { skip: withoutXmllint }, async (t) => {
  const { junit } = await writeReports(oddRun, t.testdir())
  const text = ask(junit, 'string(//error)')
  t.match(text, /^ended:\npanic\ufffd\ufffd \ufffd \ufffd <&>\n/)
  t.match(text, 'at tests/documents/nat-heartbeat.test.ts:41')
})

void t.test('attachments: what failed only, absolute for Jenkins, relative to the project for GitLab', async (t) => {
  const attached = (run: RunRecord, gitlabProject?: string): string[] => {
    const xml = renderJunit(run, { folder: '/builds/group/project/out', gitlabProject })
    return [...xml.matchAll(/^\[\[ATTACHMENT\|.*\]\]$/gm)].map(([line]) => line)
  }
  const jenkins = attached(oddRun)
  t.ok(jenkins.includes('[[ATTACHMENT|/builds/group/project/out/evidence/004-8/keepalived.data]]'))
  t.notOk(
    jenkins.some((line) => line.includes('004-4')),
    'nothing of a claim that passed',
  )
  t.ok(attached(oddRun, '/builds/group/project').includes('[[ATTACHMENT|out/evidence/004-8/keepalived.data]]'))
  const outside = oddRun.claims.map((claim) => ({
    ...claim,
    evidence: [{ kind: '', label: '', path: '../../etc/passwd' }],
  }))
  t.strictSame(attached({ ...oddRun, claims: outside }), [], 'nothing outside the run’s folder')
})
