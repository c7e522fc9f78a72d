import { availableParallelism, freemem } from 'node:os'
import { join, resolve } from 'node:path'
import { demandWishes, Lab, withNamed, type Wishes } from '../cluster/index.ts'
import type { EngineName } from '../engine/engine.ts'
import { describeError, ExitCode, UsageError } from '../errors.ts'
import { hostRecord } from '../host/host-record.ts'
import { version } from '../host/version.ts'
import { holdIndexDay } from '../image/index.ts'
import { broadcast, readRun, reportersFor, withDefaults, worstVerdict, type ReporterSpec } from '../report/index.ts'
import type { Claim, Topology } from '../topology/index.ts'
import { quickCalibration } from './calibration.ts'
import { DiskRoom } from './disk-room.ts'
import { exitCodeOf } from './exit-code.ts'
import { lanesOf } from './lanes.ts'
import { distinctClusters } from './claim-versions.ts'
import { Durations } from './progress/durations.ts'
import { ProgressView } from './progress/progress-view.ts'
import { RecordSoFar } from './record-so-far.ts'
import { RUN_SCHEMA, type RunRecord, type RunShard } from './record.ts'
import { RunSession } from './run-session.ts'
import { selectClaims } from './selection.ts'
import { topologyRecord } from './topology-record.ts'

export interface RunClaimsOptions {
  readonly selection: readonly string[]
  readonly kernel?: string | undefined
  readonly keepalived?: string | undefined
  readonly engine: EngineName
  readonly keep: 'never' | 'failed' | 'always'
  readonly repeat: number
  readonly shard?: { readonly index: number; readonly count: number } | undefined
  /** An earlier run, by whose durations the parts are made: the same one on every machine. */
  readonly shardBy?: string | undefined
  readonly out?: string | undefined
  /** Who reports the run besides the files that are always written. Default: the terminal. */
  readonly reporters?: readonly ReporterSpec[]
  readonly cold: boolean
  readonly grep?: string | undefined
}

/** Puts the selected claims to the test, writes the run record and the reports. Answers the exit code. */
export async function runClaims(options: RunClaimsOptions): Promise<number> {
  holdIndexDay()
  const started = performance.now()
  const startedAt = new Date()
  const wanted = { wanted: options.selection, grep: options.grep }
  const tookMs = options.shardBy === undefined ? undefined : durationsIn(await readRun(options.shardBy))
  const selected = await selectClaims({ ...wanted, shard: options.shard, tookMs })
  demandOneTopology(options.engine, [...selected.keys()])
  const shard = options.shard && { ...options.shard, claims: claimsOf(await selectClaims(wanted)) }
  const clusters = distinctClusters(selected, options)
  for (const { topology, wishes } of clusters) demandWishes(topology, wishes)
  const outDir = resolve(options.out ?? join('reports', `run-${stamp(startedAt)}`))
  const { stdout, env } = process
  const reporters = reportersFor(withDefaults(options.reporters ?? [], env), { outDir, stdout, env })
  const room = await DiskRoom.in(outDir)
  const command = ['lvslab', ...process.argv.slice(2)]
  const planned = Array.from({ length: options.repeat }, () => [...selected.values()].flat()).flat()
  const view = new ProgressView(process.stderr, { claims: planned })
  const tell = broadcast([view, ...reporters])
  const phases: Record<string, number> = {}
  const timed = async <T>(phase: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now()
    try {
      return await work()
    } finally {
      phases[phase] = Math.round((phases[phase] ?? 0) + performance.now() - begun)
    }
  }

  try {
    view.progress(`evidence and reports go to ${outDir}`)
    const progress = (line: string): void => view.progress(line)
    // It calibrates the fabric; other engines' wires have none.
    const calibrating =
      options.engine === 'vm' ? quickCalibration((line) => view.progress(`calibration: ${line}`)) : undefined
    const lab = await timed('images', () =>
      Lab.open({
        ...{ engine: options.engine, kernel: options.kernel, keepalived: options.keepalived, progress },
        topology: [...selected.keys()][0]?.folder,
      }),
    )
    const { qemu, acceleration, namedKernels, namedUserlands } = lab.host
    const kernel = withNamed(lab.host.kernel, namedKernels, ({ release }) => release)
    const keepalived = withNamed(lab.host.userland, namedUserlands, (userland) => userland.keepalived)
    const userland = withNamed(lab.host.userland, namedUserlands, ({ name }) => name)
    view.progress(`QEMU ${qemu.version} under ${acceleration.kind}, kernel ${kernel}, keepalived ${keepalived}`)
    // Machines that boot now would be in its way, as it in theirs.
    const calibration = calibrating && (await timed('calibration', () => calibrating))
    const durations = new Durations(
      [...(options.engine === 'vm' ? [] : [options.engine]), acceleration.kind, ...(options.cold ? ['cold'] : [])].join(
        ' ',
      ),
    )
    if (!options.cold || options.engine === 'vagrant')
      await timed('snapshots', () => prepareAll(lab, clusters, outDir, view))
    // Vagrant's machines are there once.
    const lanes = options.engine === 'vm' ? lanesOf(availableParallelism(), freemem()) : 1
    view.expect(durations.read(), lanes)
    tell.runStarted({
      ...{ startedAt: startedAt.toISOString(), command },
      topologies: [...selected].map(([{ name }, claims]) => ({ name, claims: claims.length * options.repeat })),
    })
    const host = await hostRecord(lab.host)
    const recordSoFar = ({ interrupted }: Pick<RunRecord, 'interrupted'>): RunRecord => ({
      schema: RUN_SCHEMA,
      id: `${stamp(startedAt)}-${process.pid}`,
      lvslab: version,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - started),
      ...{ command, host, engine: options.engine },
      ...{ kernel, keepalived, userland },
      phases: { ...phases },
      topologies: [...selected.keys()].map(topologyRecord),
      ...(calibration === undefined ? {} : { calibration }),
      claims: session.records,
      verdict: worstVerdict(session.records.map(({ verdict }) => verdict)),
      interrupted,
      ...(shard === undefined ? {} : { shard }),
    })
    // Until it has ended, a run is one that something interrupted.
    const soFar = new RecordSoFar(outDir, () => recordSoFar({ interrupted: true }))
    const session = new RunSession(broadcast([tell, soFar]), outDir, { ...options, lanes })
    view.signalsAreMinded = true
    await session.run(selected, timed)
    view.signalsAreMinded = false
    await timed('putting the machines back', () => lab.finish())

    const record = recordSoFar({ interrupted: session.interrupted })
    await soFar.end()
    await room.free()
    await durations.add(session.records)
    await tell.runEnded(record)
    for (const name of session.kept) {
      process.stderr.write(
        `kept: npx lvslab status --cluster ${name} · shell NODE --cluster ${name} · down --cluster ${name}\n`,
      )
    }
    return session.interrupted ? ExitCode.interrupted : exitCodeOf(session.records, calibration)
  } finally {
    view.close()
    await room.free()
  }
}

/** A topology that does not come up fails its own claims, each with the reason; the others still get their turn. */
async function prepareAll(
  lab: Lab,
  clusters: readonly { readonly topology: Topology; readonly wishes: Wishes }[],
  outDir: string,
  view: ProgressView,
): Promise<void> {
  for (const [index, { topology, wishes }] of clusters.entries()) {
    view.doing(`a ready ${topology.name} to copy from (cluster ${index + 1} of ${clusters.length})`)
    try {
      const own = await lab.with(wishes)
      await own.prepare(topology, join(outDir, 'prepare', topology.name))
    } catch (error) {
      view.progress(describeError(error))
    }
  }
  view.doing(undefined)
}

function claimsOf(selected: ReadonlyMap<Topology, readonly Claim[]>): RunShard['claims'] {
  return [...selected].flatMap(([topology, claims]) =>
    claims.map(({ id, title, negative }) => ({ id, topology: topology.name, title, negative })),
  )
}

/** ms that each claim took, all its repetitions together. */
function durationsIn({ claims }: RunRecord): ReadonlyMap<string, number> {
  const took = new Map<string, number>()
  for (const { id, durationMs } of claims) took.set(id, (took.get(id) ?? 0) + durationMs)
  return took
}

/** Vagrant's machines are those of one topology, and stay for the next run. */
function demandOneTopology(engine: EngineName, topologies: readonly Topology[]): void {
  if (engine !== 'vagrant' || topologies.length <= 1) return
  throw new UsageError('LVSLAB_E_VAGRANT_TOPOLOGY', 'the vagrant engine has the machines of one topology at a time', {
    seen: `selected: ${topologies.map(({ name }) => name).join(', ')}`,
    todo: 'name one of them: npx lvslab run dr-vrrp --engine vagrant',
  })
}

function stamp(date: Date): string {
  return date.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
}
