import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Lab } from '../cluster/index.ts'
import { describeError, ExitCode, UsageError } from '../errors.ts'
import { hostRecord } from '../host/host-record.ts'
import { version } from '../host/version.ts'
import { renderTerminal, writeReports } from '../report/index.ts'
import type { Topology } from '../topology/index.ts'
import { quickCalibration } from './calibration.ts'
import { exitCodeOf } from './exit-code.ts'
import { ProgressView } from './progress-view.ts'
import { RUN_SCHEMA, type ClaimRecord, type RunRecord, type Verdict } from './record.ts'
import { RunSession } from './run-session.ts'
import { selectClaims } from './selection.ts'
import { topologyRecord } from './topology-record.ts'

export interface RunClaimsOptions {
  readonly selection: readonly string[]
  readonly kernel?: string | undefined
  readonly keepalived?: string | undefined
  readonly engine: 'vm' | 'vagrant'
  readonly keep: 'never' | 'failed' | 'always'
  readonly repeat: number
  readonly shard?: { readonly index: number; readonly count: number } | undefined
  readonly out?: string | undefined
  readonly json: boolean
  readonly tap?: boolean
  readonly cold: boolean
  readonly grep?: string | undefined
}

/** Puts the selected claims to the test, writes the run record and the reports. Answers the exit code. */
export async function runClaims(options: RunClaimsOptions): Promise<number> {
  refuseWhatIsNotThere(options)
  const started = performance.now()
  const startedAt = new Date()
  const selected = await selectClaims({ wanted: options.selection, grep: options.grep, shard: options.shard })
  const outDir = resolve(options.out ?? join('reports', `run-${stamp(startedAt)}`))
  await mkdir(outDir, { recursive: true })
  const view = new ProgressView(process.stderr, [...selected.values()].flat().length * options.repeat)
  const phases: Record<string, number> = {}
  const timed = async <T>(phase: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now()
    try {
      return await work()
    } finally {
      phases[phase] = Math.round((phases[phase] ?? 0) + performance.now() - begun)
    }
  }

  view.say(`evidence and reports go to ${outDir}`)
  const calibrating = quickCalibration((line) => view.say(`calibration: ${line}`))
  const lab = await timed('images', () => Lab.open({ kernel: options.kernel, progress: (line) => view.say(line) }))
  view.say(
    `QEMU ${lab.host.qemu.version} under ${lab.host.acceleration.kind}, kernel ${lab.host.kernel.release}, ` +
      `keepalived ${lab.host.userland.keepalived}`,
  )
  // Machines that boot now would be in its way, as it in theirs.
  const calibration = await timed('calibration', () => calibrating)
  if (!options.cold) await timed('snapshots', () => prepareAll(lab, [...selected.keys()], outDir, view))
  const session = new RunSession(view, outDir, options)
  await session.run(selected, timed)

  const record: RunRecord = {
    schema: RUN_SCHEMA,
    id: `${stamp(startedAt)}-${process.pid}`,
    lvslab: version,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - started),
    command: ['lvslab', ...process.argv.slice(2)],
    host: await hostRecord(lab.host),
    engine: 'vm',
    kernel: lab.host.kernel.release,
    keepalived: lab.host.userland.keepalived,
    userland: lab.host.userland.name,
    phases,
    topologies: [...selected.keys()].map(topologyRecord),
    calibration,
    claims: session.records,
    verdict: overall(session.records),
    interrupted: session.interrupted,
  }
  const { html, json } = await writeReports(record, outDir)
  view.close()
  if (options.json) process.stdout.write(JSON.stringify(record) + '\n')
  const summary = renderTerminal(record, {
    color: process.env['NO_COLOR'] === undefined && process.stdout.isTTY === true,
    width: Math.min(process.stdout.columns ?? 100, 120),
    reportPath: html,
  })
  if (!options.json) process.stdout.write(summary.trimEnd() + '\n')
  else process.stderr.write(`${json}\n`)
  for (const name of session.kept) {
    process.stderr.write(
      `kept: npx lvslab status --cluster ${name} · shell NODE --cluster ${name} · down --cluster ${name}\n`,
    )
  }
  return session.interrupted ? ExitCode.interrupted : exitCodeOf(session.records, calibration)
}

/** A topology that does not come up fails its own claims, each with the reason; the others still get their turn. */
async function prepareAll(
  lab: Lab,
  topologies: readonly Topology[],
  outDir: string,
  view: ProgressView,
): Promise<void> {
  for (const topology of topologies) {
    try {
      await lab.prepare(topology, join(outDir, 'prepare', topology.name))
    } catch (error) {
      view.say(describeError(error))
    }
  }
}

function refuseWhatIsNotThere(options: RunClaimsOptions): void {
  if (options.engine !== 'vm') {
    throw new UsageError('LVSLAB_E_ENGINE', `the engine "${options.engine}" is not there yet`, {
      todo: 'use --engine vm',
    })
  }
  if (options.keepalived !== undefined) {
    throw new UsageError('LVSLAB_E_KEEPALIVED', "a keepalived other than the userland's cannot be chosen yet")
  }
}

function overall(records: readonly ClaimRecord[]): Verdict {
  const verdicts = new Set(records.map(({ verdict }) => verdict))
  return (['fail', 'inconclusive', 'pass'] as const).find((verdict) => verdicts.has(verdict)) ?? 'skip'
}

function stamp(date: Date): string {
  return date.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
}
