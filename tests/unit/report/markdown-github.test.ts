import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { GithubReporter, renderMarkdown, replay } from '../../../src/report/index.ts'
import { sampleRun } from './sample-run.ts'
import { Collected } from './collect.ts'
import { emptyRun, interruptedRun, oddRun, runs } from './odd-runs.ts'

void t.test('Markdown: what is not a pass in full, every claim in a table', async (t) => {
  const text = renderMarkdown(oddRun)
  t.match(text, '| 004 | dr-vrrp | 11 | 2 | 1 | 1 | 2 |')
  t.match(text, '## ✗ 004-8 The web service stops on node-1')
  t.match(text, '- removal of node-1 8.42 s, not in 0.10–7.80 s (621 ms over)')
  t.match(text, '- again: `npx lvslab run 004-8`')
  t.match(text, '## ? 004-9')
  t.notMatch(text, '## ✓')
  for (const claim of oddRun.claims) t.match(text, `| ${claim.id} |`)
  t.match(renderMarkdown(interruptedRun), 'The run was interrupted')
  t.match(renderMarkdown(emptyRun), '# – No claim was run')
})

void t.test('Markdown: text out of a record is text', async (t) => {
  const text = renderMarkdown(runs['hostile'] ?? emptyRun)
  const withoutCode = text.replace(/^(`{3,})text\n[^]*?\n\1$/gm, '').replace(/`[^`\n]*`/g, '')
  t.notMatch(withoutCode, /<(script|img)/)
  t.notMatch(text, '\u001b')
  const odd = renderMarkdown(oddRun)
  t.match(odd, /^````text\nended:[^]*?\n```\n[^]*?\n````$/m, 'a fence that the text cannot end')
  const rows = odd.split('\n').filter((line) => line.startsWith('| ') && !line.includes('---'))
  const columns = (row: string): number => row.replace(/\\\|/g, '').split('|').length
  t.ok(
    rows.every((row) => [7, 9].includes(columns(row))),
    'no cell breaks its table',
  )
})

/** As GitHub's runner reads a command: it takes its escapes back. */
function commands(text: string): { level: string; properties: Record<string, string>; message: string }[] {
  const plain = (part: string): string =>
    part
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, level = '', list = '', message = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? []
      const pairs = list.split(',').map((pair) => pair.split('=') as [string, string])
      const properties = Object.fromEntries(pairs.map(([key, value]) => [key, plain(value)]))
      return { level, properties, message: plain(message) }
    })
}

void t.test('GitHub: failures are errors, inconclusive claims warnings, findings notices', async (t) => {
  const out = new Collected()
  const summary = join(t.testdir({ summary: 'before\n' }), 'summary')
  await replay(oddRun, new GithubReporter(out, summary))
  const all = commands(out.text)
  t.strictSame(
    all.map(({ level, properties }) => `${level} ${properties['title']?.split(' ')[0]}`),
    ['error 000-1', 'error 004-1', 'error 004-8', 'warning 004-9', 'notice 004-5', 'notice 004-13'],
  )
  t.match(all[0], {
    properties: { file: 'tests/documents/nat-heartbeat.test.ts', line: '41' },
    message:
      /^LVSLAB_E_CLAIM_PROCESS: ended:\npanic.*\n[^]*100 %, really: yes\nevidence: \S+\/\nagain: npx lvslab run 000-1$/,
  })
  t.equal(all[2]?.properties['file'], 'topologies/dr-vrrp/topology.yaml', 'a record that does not know the line')
  t.equal(await readFile(summary, 'utf8'), `before\n${renderMarkdown(oddRun)}`)
})

void t.test('GitHub: a summary has at most 1 MiB', async (t) => {
  const summary = join(t.testdir(), 'summary')
  const reason = 'x'.repeat(500_000)
  const claims = sampleRun.claims.map((claim) => ({ ...claim, verdict: 'fail' as const, reason }))
  await replay({ ...sampleRun, claims }, new GithubReporter(new Collected(), summary))
  const written = await readFile(summary)
  t.ok(written.length <= 1024 * 1024)
  t.match(written.toString('utf8').slice(-80), 'the rest is in summary.md')
  await writeFile(summary, Buffer.alloc(1024 * 1024))
  await replay(sampleRun, new GithubReporter(new Collected(), summary))
  t.equal((await readFile(summary)).length, 1024 * 1024, 'one that is full stays as it is')
})
