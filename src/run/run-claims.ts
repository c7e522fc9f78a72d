import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Lab } from '../cluster/index.ts'
import { describeError, ExitCode, UsageError } from '../errors.ts'
import { hostRecord } from '../host/host-record.ts'
import { version } from '../host/version.ts'
import { renderTerminal, writeReports } from '../report/index.ts'
import type { Claim, Topology } from '../topology/index.ts'
import { ClaimProcess } from './claim-process.ts'
import { ProgressView } from './progress-view.ts'
import { RUN_SCHEMA, type ClaimRecord, type RunRecord, type Verdict } from './record.ts'
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

/** No claim takes this long by itself; one that does is ended, so that the others still get their turn. */
const CLAIM_LIMIT_MS = 6 * 60_000

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
  const lab = await timed('images', () => Lab.open({ kernel: options.kernel, progress: (line) => view.say(line) }))
  view.say(
    `QEMU ${lab.host.qemu.version} under ${lab.host.acceleration.kind}, kernel ${lab.host.kernel.release}, ` +
      `keepalived ${lab.host.userland.keepalived}`,
  )
  if (!options.cold) await timed('snapshots', () => prepareAll(lab, [...selected.keys()], outDir, view))
  const session = new RunSession(view, outDir, options)
  await timed('claims', () => session.run(selected))

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
  return session.interrupted ? ExitCode.interrupted : exitCodeOf(session.records)
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

/** One run's claims, one topology after another: timing is judged, so nothing else of ours runs beside it. */
class RunSession {
  readonly records: ClaimRecord[] = []
  /** Names of clusters that stay up. */
  readonly kept: string[] = []
  interrupted = false
  readonly #view: ProgressView
  readonly #outDir: string
  readonly #options: RunClaimsOptions
  #current: ClaimProcess | undefined

  constructor(view: ProgressView, outDir: string, options: RunClaimsOptions) {
    this.#view = view
    this.#outDir = outDir
    this.#options = options
  }

  async run(selected: ReadonlyMap<Topology, readonly Claim[]>): Promise<void> {
    const onSignal = (): void => {
      // The second time nothing is written any more; machines die with this process all the same.
      if (this.interrupted) process.exit(ExitCode.interrupted)
      this.interrupted = true
      this.#view.say('interrupted: writing what is known so far')
      this.#current?.kill()
    }
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
    try {
      for (let round = 1; round <= this.#options.repeat; round++) {
        for (const [topology, claims] of selected) await this.#topology(topology, claims, round)
      }
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    }
  }

  /** A process that dies takes one claim with it; the rest go to a new one. */
  async #topology(topology: Topology, claims: readonly Claim[], round: number): Promise<void> {
    let remaining = [...claims]
    while (remaining.length > 0 && !this.interrupted) {
      const done = new Set(await this.#process(topology, remaining, round))
      remaining = remaining.filter(({ id }) => !done.has(id))
    }
  }

  /** Answers the ids that are dealt with: at least one. */
  async #process(topology: Topology, claims: readonly Claim[], round: number): Promise<string[]> {
    const done: string[] = []
    let running: string | undefined
    let limit: NodeJS.Timeout | undefined
    let timedOut = false
    let kept = false
    let allDone = (): void => undefined
    const finished = new Promise<void>((resolve) => (allDone = resolve))
    const child = await ClaimProcess.start(
      topology.name,
      {
        outDir: this.#outDir,
        ids: claims.map(({ id }) => id),
        ...(round === 1 ? {} : { folder: `claims-round-${round}` }),
        ...(this.#options.kernel === undefined ? {} : { kernel: this.#options.kernel }),
        cold: this.#options.cold,
        ...(this.#options.keep === 'never' ? {} : { keep: this.#options.keep }),
      },
      (message) => {
        if (message.type === 'progress') {
          this.#view.progress(message.line)
        } else if (message.type === 'kept') {
          this.kept.push(message.name)
          kept = true
        } else if (message.type === 'start') {
          running = message.id
          this.#view.start(
            claims.find(({ id }) => id === message.id)!,
            message.attempt,
          )
          clearTimeout(limit)
          limit = setTimeout(() => {
            timedOut = true
            child.kill()
          }, CLAIM_LIMIT_MS)
        } else {
          running = undefined
          clearTimeout(limit)
          done.push(message.record.id)
          this.records.push(message.record)
          this.#view.end(message.record)
          if (done.length === claims.length) allDone()
        }
      },
    )
    this.#current = child
    const end = await Promise.race([child.ended, finished.then(() => (kept ? undefined : child.ended))])
    clearTimeout(limit)
    if (!end) {
      child.release()
      return done
    }
    if (this.interrupted || done.length === claims.length) return done
    // Whatever it was at, or was to begin with, is lost with it.
    const lost = claims.find(({ id }) => id === running) ?? claims.find(({ id }) => !done.includes(id))!
    const record = lostClaim(topology, lost, timedOut ? `took over ${CLAIM_LIMIT_MS / 1000} s` : end.how, end.stderr)
    this.records.push(record)
    this.#view.end(record)
    return [...done, lost.id]
  }
}

function lostClaim(topology: Topology, claim: Claim, how: string, stderr: string): ClaimRecord {
  return {
    id: claim.id,
    topology: topology.name,
    title: claim.title,
    negative: claim.negative,
    verdict: 'fail',
    code: 'LVSLAB_E_CLAIM_PROCESS',
    errorKind: 'infrastructure',
    reason: `the process that tested it ended before it was done: ${how}${stderr === '' ? '' : `\n${stderr}`}`,
    figures: [],
    assertions: [],
    timelines: [],
    findings: [],
    evidence: [],
    durationMs: 0,
    attempt: 1,
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

function exitCodeOf(records: readonly ClaimRecord[]): number {
  const failed = records.filter(({ verdict }) => verdict === 'fail')
  if (failed.some(({ errorKind }) => errorKind === undefined || errorKind === 'assertion')) return ExitCode.claimFailed
  if (failed.some(({ errorKind }) => errorKind === 'prerequisite')) return ExitCode.prerequisite
  if (failed.length > 0)
    return failed.every(({ errorKind }) => errorKind === 'usage') ? ExitCode.usage : ExitCode.infrastructure
  return records.some(({ verdict }) => verdict === 'inconclusive') ? ExitCode.inconclusive : ExitCode.pass
}

function stamp(date: Date): string {
  return date.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
}
