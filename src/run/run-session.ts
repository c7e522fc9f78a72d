import { join, relative } from 'node:path'
import type { EngineName } from '../engine/engine.ts'
import { ExitCode } from '../errors.ts'
import type { Reporter } from '../report/index.ts'
import type { Claim, Topology } from '../topology/index.ts'
import { ClaimProcess } from './claim-process.ts'
import { COLLECT_DEADLINE_MS, evidenceOf, listFiles } from './evidence/index.ts'
import { Lanes } from './lanes.ts'
import type { ClaimRecord } from './record.ts'

/** No claim takes this long by itself; one that does is ended, so that the others still get their turn. */
const CLAIM_LIMIT_MS: Readonly<Record<EngineName, number>> = { vm: 10 * 60_000, vagrant: 15 * 60_000 }

/** From the verdict on: collecting evidence has a deadline of its own, and taking machines down takes moments. */
const AFTER_VERDICT_LIMIT_MS = COLLECT_DEADLINE_MS + 60_000

/** Claims that one process is given at most: few enough that the lanes end at about the same time. */
const JOB_CLAIMS = 6

export interface SessionOptions {
  readonly engine: EngineName
  readonly repeat: number
  /** Clusters side by side where times are not judged. */
  readonly lanes: number
  readonly kernel?: string | undefined
  readonly keepalived?: string | undefined
  readonly cold: boolean
  readonly keep: 'never' | 'failed' | 'always'
}

interface Job {
  readonly topology: Topology
  readonly claims: readonly Claim[]
  readonly round: number
}

/** Runs work and books the time that it took under a name. */
export type Timer = <T>(phase: string, work: () => Promise<T>) => Promise<T>

/**
 * One run's claims. Those that judge no times run side by side, as many clusters at once as the host stands; then those
 * that do, one at a time, with nothing else of ours beside them.
 */
export class RunSession {
  /** Names of clusters that stay up. */
  readonly kept: string[] = []
  interrupted = false
  readonly #records: ClaimRecord[] = []
  readonly #tell: Required<Reporter>
  readonly #outDir: string
  readonly #options: SessionOptions
  readonly #running = new Set<ClaimProcess>()
  #order: readonly string[] = []

  constructor(tell: Required<Reporter>, outDir: string, options: SessionOptions) {
    this.#tell = tell
    this.#outDir = outDir
    this.#options = options
  }

  /** In the order in which the claims were selected, whenever they ended. */
  get records(): readonly ClaimRecord[] {
    return this.#records.toSorted((a, b) => this.#order.indexOf(a.id) - this.#order.indexOf(b.id))
  }

  async run(selected: ReadonlyMap<Topology, readonly Claim[]>, timer: Timer): Promise<void> {
    this.#order = [...selected.values()].flat().map(({ id }) => id)
    const onSignal = (): void => {
      // The second time nothing is written any more; machines die with this process all the same.
      if (this.interrupted) process.exit(ExitCode.interrupted)
      this.interrupted = true
      this.#tell.progress('interrupted: writing what is known so far')
      for (const child of this.#running) child.kill()
    }
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
    try {
      for (let round = 1; round <= this.#options.repeat; round++) {
        const together = jobsOf(selected, round, ({ timed }) => !timed)
        const alone = jobsOf(selected, round, ({ timed }) => timed)
        const lanes = new Lanes(this.#options.lanes)
        if (together.length > 0) await timer('claims side by side', () => lanes.run(together, (job) => this.#job(job)))
        if (alone.length > 0) await timer('timed claims', () => new Lanes(1).run(alone, (job) => this.#job(job)))
      }
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    }
  }

  /** A process that dies takes one claim with it; the rest go to a new one. */
  async #job(job: Job): Promise<void> {
    let claims = job.claims
    while (claims.length > 0 && !this.interrupted) {
      const done = new Set(await this.#process({ ...job, claims }))
      claims = claims.filter(({ id }) => !done.has(id))
    }
  }

  /** Answers the ids that are dealt with: at least one. */
  async #process({ topology, claims, round }: Job): Promise<string[]> {
    const done: string[] = []
    const { engine } = this.#options
    const limitMs = CLAIM_LIMIT_MS[engine]
    const folder = round === 1 ? 'claims' : `claims-round-${round}`
    let running: string | undefined
    let limit: NodeJS.Timeout | undefined
    let timedOut: string | undefined
    const endAfter = (ms: number): void => {
      clearTimeout(limit)
      limit = setTimeout(() => {
        timedOut = `took over ${ms / 1000} s${ms === limitMs ? '' : ' after its verdict'}`
        child.kill()
      }, ms)
    }
    let kept = false
    let allDone = (): void => undefined
    const finished = new Promise<void>((resolve) => (allDone = resolve))
    const child = await ClaimProcess.start(
      topology.name,
      {
        outDir: this.#outDir,
        ...(engine === 'vm' ? {} : { engine }),
        ids: claims.map(({ id }) => id),
        folder,
        ...(this.#options.kernel === undefined ? {} : { kernel: this.#options.kernel }),
        ...(this.#options.keepalived === undefined ? {} : { keepalived: this.#options.keepalived }),
        cold: this.#options.cold,
        ...(this.#options.keep === 'never' ? {} : { keep: this.#options.keep }),
      },
      (message) => {
        if (message.type === 'progress') {
          this.#tell.progress(message.line, message.id, message.waitMs)
        } else if (message.type === 'kept') {
          this.kept.push(message.name)
          kept = true
        } else if (message.type === 'start') {
          running = message.id
          const { id, title } = claims.find(({ id }) => id === message.id)!
          this.#tell.claimStarted({ id, topology: topology.name, title, attempt: message.attempt })
          endAfter(limitMs)
        } else if (message.type === 'judged') {
          endAfter(AFTER_VERDICT_LIMIT_MS)
        } else {
          running = undefined
          done.push(message.record.id)
          // What it does between two claims, and until it ends, has an end, too.
          endAfter(done.length === claims.length ? AFTER_VERDICT_LIMIT_MS : limitMs)
          this.#records.push(message.record)
          this.#tell.claimEnded(message.record)
          if (done.length === claims.length) allDone()
        }
      },
      topology.group,
    )
    this.#running.add(child)
    if (limit === undefined) endAfter(limitMs)
    const end = await Promise.race([child.ended, finished.then(() => (kept ? undefined : child.ended))])
    clearTimeout(limit)
    this.#running.delete(child)
    if (!end) {
      child.release()
      return done
    }
    if (this.interrupted || done.length === claims.length) return done
    // Whatever it was at, or was to begin with, is lost with it.
    const lost = claims.find(({ id }) => id === running) ?? claims.find(({ id }) => !done.includes(id))!
    // Its machines are gone with it; what they wrote until then is there.
    const left = join(this.#outDir, folder, lost.id)
    const record: ClaimRecord = {
      ...lostClaim(topology, lost, timedOut ?? end.how, end.stderr),
      folder: relative(this.#outDir, left),
      evidence: await evidenceOf(await listFiles(left), this.#outDir, true),
    }
    this.#records.push(record)
    this.#tell.claimEnded(record)
    return [...done, lost.id]
  }
}

/** By topology, split so that the lanes can share them; what has most machines first, so that the lanes end together. */
function jobsOf(
  selected: ReadonlyMap<Topology, readonly Claim[]>,
  round: number,
  wanted: (claim: Claim) => boolean,
): Job[] {
  const byMachines = [...selected].sort(([a], [b]) => b.nodes.length - a.nodes.length)
  return byMachines.flatMap(([topology, all]) => {
    const claims = all.filter(wanted)
    const parts = Math.ceil(claims.length / JOB_CLAIMS)
    const size = Math.ceil(claims.length / parts)
    return Array.from({ length: parts }, (_, part) => ({
      ...{ topology, round },
      claims: claims.slice(part * size, (part + 1) * size),
    }))
  })
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
