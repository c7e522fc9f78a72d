import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { buildProgram } from '../../../src/cli/program.ts'
import { shardOf } from '../../../src/cli/options.ts'
import { projectRoot } from '../../../src/host/paths.ts'

const folder = join(projectRoot, 'ci')
const files = (await readdir(folder)).filter((name) => name.endsWith('ml'))

/** Every `npx lvslab …` in a text, as words; what the CI system puts in is "1". */
function commands(text: string): string[][] {
  return strings(parse(text)).flatMap((line) =>
    [...line.matchAll(/npx lvslab ([^\n]*)/g)].map(([, rest = '']) =>
      rest
        .replaceAll(/\$\{\{[^}]*\}\}|\$\w+/g, '1')
        .trim()
        .split(/\s+/),
    ),
  )
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : []
}

t.ok(files.length >= 3)
for (const name of files) {
  void t.test(`${name} is YAML, and lvslab knows its commands`, async (t) => {
    const found = commands(await readFile(join(folder, name), 'utf8'))
    t.ok(found.length > 0, `${found.length} commands`)
    for (const argv of found) {
      const program = buildProgram('1.2.3', () => undefined)
      let reached = false
      for (const command of program.commands) command.exitOverride().action(() => void (reached = true))
      await program.parseAsync(argv, { from: 'user' })
      t.ok(reached, argv.join(' '))
    }
  })
}

void t.test('the shards that they name are the machines that they start', async (t) => {
  const github = parse(await readFile(join(folder, 'github-actions.yml'), 'utf8')) as {
    jobs: { night: { strategy: { matrix: { shard: number[] } } } }
  }
  const { shard } = github.jobs.night.strategy.matrix
  t.same(shard, [1, 2, 3, 4])
  t.match(await readFile(join(folder, 'github-actions.yml'), 'utf8'), `/${shard.length} --out`)
  const job = parse(await readFile(join(folder, 'kubernetes-job.yaml'), 'utf8')) as {
    spec: { completions: number; template: { spec: { containers: { env: { name: string; value: string }[] }[] } } }
  }
  const { name, value } = job.spec.template.spec.containers[0]!.env.find((one) => one.name === 'LVSLAB_SHARDS')!
  t.equal(Number(value), job.spec.completions)
  const last = { JOB_COMPLETION_INDEX: String(job.spec.completions - 1), [name]: value }
  t.same(shardOf(last), { index: job.spec.completions, count: job.spec.completions })
})
