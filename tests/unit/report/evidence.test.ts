import t from 'tap'
import {
  GithubReporter,
  renderHtml,
  renderJunit,
  renderMarkdown,
  renderTerminal,
  replay,
  runSchema,
  TapReporter,
} from '../../../src/report/index.ts'
import { Collected } from './collect.ts'
import { sampleRun } from './sample-run.ts'

const folder = 'claims/004-8'
const at = (label: string, kind: string) => ({ kind, label, path: `${folder}/cluster/${label}`, bytes: 12 })
const evidence = [
  { ...at('lan.pcapng', 'capture'), note: 'kept the first 3 and the last 9 of 90 frames' },
  at('node-1.console.log', 'console'),
  at('node-1/ip.txt', 'state'),
  at('node-1/files/etc/keepalived/keepalived.conf', 'configuration'),
  at('topology.json', 'topology'),
]
const failed = sampleRun.claims.find(({ id }) => id === '004-8')!
const claims = sampleRun.claims.map((claim) => (claim === failed ? { ...claim, folder, evidence } : claim))
const run = { ...sampleRun, claims }

async function told(Reporter: typeof TapReporter | typeof GithubReporter): Promise<string> {
  const out = new Collected()
  await replay(run, Reporter === GithubReporter ? new GithubReporter(out, undefined) : new TapReporter(out))
  return out.text
}

void t.test('every report names the folder of a claim that did not hold', async (t) => {
  t.equal(failed.verdict, 'fail')
  t.match(renderTerminal(run, { color: false, width: 100 }), `evidence in ${folder}/\n`)
  t.match(await told(TapReporter), `evidence_folder: ${folder}/\n`)
  t.match(await told(GithubReporter), `%0Aevidence: ${folder}/%0A`)
  t.match(renderJunit(run, { folder: '/out' }), `evidence: ${folder}/\n`)
  t.match(renderMarkdown(run), `- evidence: \`${folder}/\`, 5 files: \`${folder}/cluster/lan.pcapng\``)
  t.match(renderHtml(run), `<a href="./${folder}/">${folder}/</a>`)
  t.match(
    runSchema.parse(JSON.parse(JSON.stringify(run))).claims,
    claims.map(({ id }) => ({ id })),
  )
})

void t.test('the page has files by machine, and says which part of one was kept', async (t) => {
  const page = renderHtml(run)
  t.match(page, /<dt>node-1<\/dt>\s*<dd>\s*<a href="\.\/claims\/004-8\/cluster\/node-1\/ip\.txt">ip\.txt<\/a>/)
  t.match(page, /<dt>cluster<\/dt>\s*<dd>\s*<a href="[^"]*topology\.json">/)
  t.match(page, '(kept the first 3 and the last 9 of 90 frames)')
})

void t.test('a folder that leads elsewhere is named by no report', async (t) => {
  const led = { ...run, claims: claims.map((claim) => ({ ...claim, folder: '../../etc' })) }
  t.notMatch(renderHtml(led), '../../etc')
  t.notMatch(renderMarkdown(led), '../../etc')
})
