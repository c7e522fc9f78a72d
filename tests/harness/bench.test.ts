import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { projectRoot } from '../../src/host/paths.ts'
import { benchSchema } from '../../src/report/bench/schema.ts'
import type { BenchFigure } from '../../src/run/bench/record.ts'

t.setTimeout(0)

const DELAY_MS = 20
const skip = existsSync('/usr/bin/wrk') ? false : 'wrk is not installed'

void t.test(
  'a server whose cable delays shows in its own figures, by the methods that use that cable',
  { skip },
  async (t) => {
    const out = await mkdtemp(join(tmpdir(), 'lvslab-bench-'))
    t.teardown(() => rm(out, { recursive: true, force: true }))
    const words = ['bench', '--only', 'servers', '--rounds', '2', '--out', out, '--json']
    const impaired = ['--impair', `web-1:eth0:delay=${DELAY_MS}ms`]
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [join(projectRoot, 'bin', 'lvslab.js'), ...words, ...impaired],
      { reject: false, timeout: 600_000 },
    )
    t.equal(exitCode, 0, stderr)
    const record = benchSchema.parse(JSON.parse(await readFile(join(out, 'bench.json'), 'utf8')))
    t.strictSame(benchSchema.parse(JSON.parse(stdout)), record, 'the same on standard output')
    t.strictSame(record.impairments, [`web-1:eth0:delay=${DELAY_MS}ms`])
    t.strictSame(
      record.sections.map(({ id, rounds, notes }) => ({ id, rounds, notes })),
      [{ id: 'servers', rounds: 2, notes: [] }],
    )
    const figure = (variant: string, server: string): BenchFigure | undefined =>
      record.figures.find((one) => one.variant === variant && one.name.endsWith(`by ${server}`))
    const later = (variant: string): number => figure(variant, 'web-1')!.median - figure(variant, 'web-2')!.median
    // A fresh request goes there and back twice: SYN, then the request itself; each way is delayed.
    const least = 4 * DELAY_MS
    for (const variant of ['DR', 'TUN']) {
      t.ok(
        later(variant) > least / 2,
        `${variant}: web-1 later by ${later(variant).toFixed(0)} ms, ${least} ms were added`,
      )
    }
    t.ok(Math.abs(later('NAT')) < least / 2, `NAT comes in by the other cable: ${later('NAT').toFixed(0)} ms`)
    t.ok(figure('the client itself', 'client')!.median < least, 'the client itself has no cable')
    t.ok(record.noise.length > 0, 'how far the same lies apart is told')
    const page = await readFile(join(out, 'bench.html'), 'utf8')
    t.match(page, /web-1:eth0:delay=20ms/)
  },
)
