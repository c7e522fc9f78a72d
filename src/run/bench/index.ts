import { mkdir } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { Lab } from '../../cluster/index.ts'
import { ExitCode, UsageError } from '../../errors.ts'
import { hostRecord } from '../../host/host-record.ts'
import { removeScratchDir, scratchDir } from '../../host/paths.ts'
import { version } from '../../host/version.ts'
import { replaceFile } from '../../report/replace-file.ts'
import { renderBenchText } from '../../report/bench/text.ts'
import { failoverCluster, forwardingCluster } from './clusters.ts'
import type { BenchContext } from './context.ts'
import { FigureBook } from './figures.ts'
import { checkStanding, parseStanding } from './impair-spec.ts'
import { noiseOf } from './noise.ts'
import { FULL, QUICK, withRounds } from './plan.ts'
import { BENCH_SCHEMA, SECTIONS, type BenchRecord, type SectionId } from './record.ts'
import { runSuite } from './suite.ts'

export interface BenchSuiteOptions {
  /** Sections; by default all. */
  readonly only?: readonly string[]
  readonly quick?: boolean
  /** Rounds of each section in place of as many as fit in its time. */
  readonly rounds?: number
  /** "web-1:eth0:delay=5ms": cables that are bad ones throughout. */
  readonly impair?: readonly string[]
  readonly kernel?: string
  readonly keepalived?: string
  readonly out?: string
  readonly json?: boolean
  /** For a terminal: how wide, and whether in colours. */
  readonly look?: { readonly width: number; readonly color: boolean }
}

/**
 * The performance suite: what forwarding methods and schedulers carry, what tables cost as they grow, how long failovers
 * and health checks take. Writes OUT/bench.json and OUT/bench.html.
 *
 * @returns the exit code: 0; 3 where a section could not be measured to its end; 130 when interrupted
 * @throws UsageError `LVSLAB_E_BENCH_SECTION`, `LVSLAB_E_IMPAIR`; PrerequisiteError `LVSLAB_E_WRK_MISSING`; what booting throws
 */
export async function benchSuite(options: BenchSuiteOptions = {}): Promise<number> {
  const started = performance.now()
  const startedAt = new Date()
  const say = (line: string): void =>
    void process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}\n`)
  const wanted = wantedSections(options.only)
  const impairments = (options.impair ?? []).map(parseStanding)
  const [loadAverage = 0] = loadavg()
  const outDir = resolve(options.out ?? join('reports', `bench-${stamp(startedAt)}`))
  const abort = new AbortController()
  const onSignal = (): void => {
    if (abort.signal.aborted) process.exit(ExitCode.interrupted)
    say('interrupted: writing what is known so far')
    abort.abort()
  }
  const directory = await scratchDir('bench')
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    const [forwarding, failover] = [await forwardingCluster(directory), await failoverCluster()]
    checkStanding(impairments, clustersOf(wanted, forwarding.topology, failover.topology))
    await mkdir(outDir, { recursive: true })
    const { kernel: kernelWish, keepalived: keepalivedWish } = options
    const lab = await Lab.open({ kernel: kernelWish, keepalived: keepalivedWish, progress: say })
    const quick = options.quick === true
    const book = new FigureBook()
    const ctx: BenchContext = {
      ...{ lab, directory, quick, impairments, book, forwarding, failover, say },
      signal: abort.signal,
    }
    const plan = withRounds(quick ? QUICK : FULL, options.rounds)
    const { sections, firstBoot, exitCode } = await runSuite(ctx, plan, wanted)
    const { kernel, userland } = lab.host
    const record: BenchRecord = {
      schema: BENCH_SCHEMA,
      id: `bench-${stamp(startedAt)}-${process.pid}`,
      lvslab: version,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - started),
      command: ['lvslab', ...process.argv.slice(2)],
      ...{ host: await hostRecord(lab.host), engine: 'vm' },
      ...{ kernel: kernel.release, keepalived: userland.keepalived, userland: userland.name },
      ...{ quick, impairments: impairments.map(({ text }) => text), loadAverage: Number(loadAverage.toFixed(2)) },
      ...{ noise: noiseOf(book, firstBoot), sections, figures: book.figures() },
      interrupted: abort.signal.aborted,
    }
    await replaceFile(join(outDir, 'bench.json'), JSON.stringify(record, null, 2) + '\n')
    // echarts takes a while to load, and no other command needs it.
    const { renderBenchHtml } = await import('../../report/bench/page.ts')
    await replaceFile(join(outDir, 'bench.html'), renderBenchHtml(record))
    process.stdout.write(options.json === true ? JSON.stringify(record) + '\n' : renderBenchText(record, options.look))
    say(`record and page are in ${outDir}`)
    return record.interrupted ? ExitCode.interrupted : exitCode
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    await removeScratchDir(directory)
  }
}

function wantedSections(only: readonly string[] | undefined): ReadonlySet<SectionId> {
  const unknown = only?.find((name) => !SECTIONS.some((id) => id === name))
  if (unknown !== undefined) {
    throw new UsageError('LVSLAB_E_BENCH_SECTION', `there is no section "${unknown}"`, {
      todo: `choose of ${SECTIONS.join(', ')}`,
    })
  }
  return new Set(SECTIONS.filter((id) => only === undefined || only.includes(id)))
}

function clustersOf<T>(wanted: ReadonlySet<SectionId>, forwarding: T, failover: T): T[] {
  const any = (...ids: SectionId[]): boolean => ids.some((id) => wanted.has(id))
  return [
    ...(any('forwarding', 'servers', 'schedulers', 'scale', 'connections') ? [forwarding] : []),
    ...(any('scale', 'failover', 'health') ? [failover] : []),
  ]
}

function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}
