import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { keepalivedsOf, type BootOptions, type Cluster, type Lab, type Node, type Wishes } from '../cluster/index.ts'
import type { Capability, WireSource } from '../engine/engine.ts'
import type { WaitNotice } from '../fabric/index.ts'
import { needsOf } from '../fault/index.ts'
import { parseNamedWishes, type KeepalivedTree } from '../image/index.ts'
import { chosenFor, type Claim, type Topology } from '../topology/index.ts'
import {
  type Coverage,
  expectedWindows,
  healthOf,
  type ExpectedWindows,
  type Inspection,
  type Invariant,
  type InvariantName,
  type ShareVerdict,
  type TimelineDraft,
} from '../verdict/index.ts'
import { askForVips } from './ask-for-vips.ts'
import { ClaimClusters, type Keep, type Sabotage } from './claim-clusters.ts'
import { verdictOf } from './claim-verdict.ts'
import { evidenceOf, listFiles, VERSIONS } from './evidence/index.ts'
import { findingOf } from './known-regression.ts'
import { Measurements, type Measurement } from './measurements.ts'
import type { Assertion, ClaimRecord, Finding, Sweep } from './record.ts'
import { sweepOver, type SweepOptions } from './sweep.ts'
import { type Excuses, Watch } from './watch.ts'

export type { Keep, Sabotage } from './claim-clusters.ts'
export { Skip } from './claim-verdict.ts'

export interface ClaimOptions {
  readonly claim: Claim
  readonly topology: Topology
  readonly lab: Lab
  /** The run record's folder; evidence paths are relative to it. */
  readonly outDir: string
  /** Folder in it for this round's claims. */
  readonly folder: string
  readonly attempt: number
  /** An inconclusive verdict is not tried again: its evidence is what remains. Default: true. */
  readonly lastAttempt?: boolean
  readonly mode: BootOptions['mode']
  readonly keep?: Keep
  readonly sabotage?: Sabotage
  /** `waitMs`: what it waits for comes within so long, or never. */
  readonly onProgress?: (line: string, waitMs?: number) => void
  /** The verdict is known; what follows is evidence and taking down. */
  readonly onJudged?: () => void
  readonly source?: ClaimRecord['source']
  readonly regression?: ClaimRecord['regression']
}

export interface HealthOptions {
  /** How long two masters may overlap, ms. */
  readonly overlapMs?: number
  /** What the claim breaks on purpose, each with the reason: it is judged nonetheless, and the record shows both. */
  readonly excuse?: Excuses
  /** What the claim begins to watch itself, later (`always`): before that, it breaks it on purpose. */
  readonly except?: readonly InvariantName[]
}

export interface ClaimBoot {
  readonly topology?: Topology
  readonly mode?: BootOptions['mode']
  readonly startServices?: boolean
  /** Machines of other versions than the claim's, as --kernel and --keepalived have them. */
  readonly versions?: Wishes
  /**
   * The kinds of faults that are to come, as `lvslab fault` names them: "panic". With an engine that cannot inject one of
   * them the claim is skipped, before a machine boots.
   */
  readonly faults?: readonly string[]
  /** What else the claim asks of the engine, for what it looks at; skipped likewise. */
  readonly needs?: readonly Capability[]
}

/** What a claim's test holds: clusters to boot, and ways to say what it saw. */
export class ClaimContext {
  readonly topology: Topology
  readonly #options: ClaimOptions
  readonly #clusters: ClaimClusters
  readonly #assertions: Assertion[] = []
  readonly #measured = new Measurements()
  readonly #findings: Finding[] = []
  readonly #timelines: TimelineDraft[] = []
  readonly #sweeps: Sweep[] = []
  readonly #questions: Promise<unknown>[] = []
  readonly #watch = new Watch()
  #windows: { readonly key: string; readonly windows: Promise<ExpectedWindows> } | undefined
  #said: string | undefined
  #protocolWaitMs = 0
  #wire: WireSource | undefined

  constructor(options: ClaimOptions) {
    const { claim, lab, mode, keep, sabotage } = options
    this.topology = options.topology
    this.#options = options
    this.#clusters = new ClaimClusters({
      ...{ id: claim.id, lab, mode, directory: this.directory, say: (line) => this.say(line) },
      ...(keep === undefined ? {} : { keep }),
      ...(sabotage === undefined ? {} : { sabotage }),
    })
  }

  /** What the configuration promises, by the keepalived that each director of the claim's last cluster has now. */
  get windows(): Promise<ExpectedWindows> {
    const { topology, lab } = this.#options
    const booted = this.#clusters.all.at(-1)?.cluster
    const versions = booted?.keepaliveds ?? keepalivedsOf(lab.versions(topology))
    const key = JSON.stringify([...versions])
    if (this.#windows?.key !== key) {
      const windows = expectedWindows(topology, { versions })
      // Whoever needs a window awaits it and gets the error there.
      windows.catch(() => undefined)
      this.#windows = { key, windows }
    }
    return this.#windows.windows
  }

  /** What the claim was asked to give a node, as --kernel and --keepalived have it; absent: the default. */
  wishFor(node: Pick<Node, 'name'>): Wishes {
    const of = (text: string | undefined): string | undefined => {
      const { all, named } = parseNamedWishes(text)
      return chosenFor(this.topology, node, named)?.wish ?? all
    }
    const { kernel, keepalived } = this.#options.lab.wishes
    return { kernel: of(kernel), keepalived: of(keepalived) }
  }

  /** Folder for what this attempt leaves behind. */
  get directory(): string {
    const { outDir, folder, claim, attempt } = this.#options
    return join(outDir, folder, claim.id, attempt === 1 ? '' : `attempt-${attempt}`)
  }

  /** Boots the claim's topology, or a variant of it. Taken down when the claim ends. */
  async boot(options: ClaimBoot = {}): Promise<Cluster> {
    const needs = [...needsOf(options.faults ?? []), ...(options.needs ?? [])]
    const cluster = await this.#clusters.boot(options.topology ?? this.topology, { ...options, needs })
    cluster.wire.onWait = (wait) => this.#tellWait(wait)
    return cluster
  }

  /** A keepalived to be carried into a machine that runs, as --keepalived has it. */
  keepalivedTree(wish: string | undefined): Promise<KeepalivedTree> {
    return this.#options.lab.keepalivedTree(wish)
  }

  /** What every healthy cluster keeps to, from now to the end of the claim; see `healthOf`. */
  alwaysHealthy(cluster: Cluster, { overlapMs, excuse, except = [] }: HealthOptions = {}): void {
    this.#questions.push(askForVips(cluster))
    const all = healthOf(cluster, overlapMs).filter(({ name }) => !except.includes(name))
    for (const one of all) this.#watch.add(cluster, one, excuse)
  }

  /** One more rule, from now to the end of the claim. */
  always(cluster: Cluster, one: Invariant | Inspection, excuse?: Excuses): void {
    this.#watch.add(cluster, one, excuse)
  }

  /** Tells who watches what goes on. */
  say(line: string): void {
    this.#said = line
    this.#options.onProgress?.(line)
  }

  /* When a wait is over, what was said before it is what goes on. */
  #tellWait(wait: WaitNotice | undefined): void {
    if (wait) this.#options.onProgress?.(`waiting for ${wait.what}`, wait.timeoutMs)
    else if (this.#said !== undefined) this.#options.onProgress?.(this.#said)
  }

  /** Something that must be so. */
  check(text: string, ok: boolean, detail?: string): boolean {
    this.#assertions.push({ text, ok, ...(detail === undefined ? {} : { detail }) })
    return ok
  }

  /** Who answered how many requests, or in what order: with the test that judged it, and its error rate. */
  share(text: string, { ok, detail, test }: ShareVerdict): boolean {
    this.#assertions.push({ text, ok, detail, ...(test === undefined ? {} : { test }) })
    return ok
  }

  /** A figure; with a window, one that must lie inside it. Answers whether it does. */
  measure(cluster: Cluster, measurement: Measurement): Promise<boolean> {
    return this.#measured.measure(cluster, measurement)
  }

  /**
   * Strikes a fault at `phases` phases of an interval, spread evenly, and judges what each is measured at: the window is
   * right, and tight, when all lie in it and cover it. `strike` waits for its phase (`atPhase`), breaks, measures and heals.
   * The figure "coverage of the window" and the record's `sweeps` tell how much of it they covered.
   */
  async sweep(cluster: Cluster, options: SweepOptions): Promise<Coverage> {
    const { name, phases } = options
    const { coverage, record, outside } = await sweepOver(this.#measured, cluster, options, (line) => this.say(line))
    this.check(
      `${name}: none of ${phases} phases misses its window`,
      outside.length === 0,
      outside.map(({ phase, value }) => `${value} ms at phase ${phase}`).join(', ') || undefined,
    )
    this.#sweeps.push(record)
    return coverage
  }

  timeline(timeline: TimelineDraft): void {
    this.#timelines.push(timeline)
  }

  /** Something true of the cluster that its document does not say, or says otherwise. */
  finding(text: string, evidence?: string): void {
    this.#findings.push({ text, ...(evidence === undefined ? {} : { evidence }) })
  }

  /** Time that the protocol itself made the claim wait, ms. */
  waited(ms: number): void {
    this.#protocolWaitMs += Math.max(0, ms)
  }

  /** Runs the claim's test and answers its record; takes down what it booted, whatever happens. */
  async run(body: (context: ClaimContext) => Promise<void>): Promise<ClaimRecord> {
    const started = performance.now()
    let thrown: unknown
    try {
      await mkdir(this.directory, { recursive: true })
      await body(this)
      this.#checkRecords()
    } catch (error) {
      thrown = error
    }
    await this.#lookBack()
    const { figures, undecided } = this.#measured
    const notes = { assertions: this.#assertions, figures, undecided }
    const measured = verdictOf(notes, this.#clusters.casualty() ?? thrown)
    const { claim, topology, attempt, outDir, regression, lastAttempt = true, keep } = this.#options
    this.#options.onJudged?.()
    const collect = measured.verdict === 'fail' || (measured.verdict === 'inconclusive' && lastAttempt)
    const files = await this.#clusters.takeDown(measured.verdict, collect)
    files.push(...(await listFiles(this.directory)).filter(({ file }) => file === VERSIONS))
    const lost = this.#clusters.evidenceError
    const end = lost === undefined || measured.verdict === 'fail' ? measured : verdictOf(notes, lost)
    const known = regression && findingOf(regression, end)
    if (known) this.#findings.push(known)
    const { bootMs } = this.#clusters
    const record: ClaimRecord = {
      ...{ id: claim.id, topology: topology.name, title: claim.title, negative: claim.negative },
      ...end,
      ...{ figures, assertions: this.#assertions, timelines: this.#timelines, findings: this.#findings },
      ...(this.#sweeps.length === 0 ? {} : { sweeps: this.#sweeps }),
      ...(this.#clusters.versions === undefined ? {} : { versions: this.#clusters.versions }),
      // A cluster that stays up goes on writing.
      evidence: await evidenceOf(files, outDir, keep === undefined),
      folder: relative(outDir, this.directory),
      durationMs: Math.round(performance.now() - started),
      ...(bootMs === undefined ? {} : { bootMs: Math.round(bootMs) }),
      protocolWaitMs: Math.round(this.#protocolWaitMs),
      lateness: this.#measured.lateness,
      ...(this.#wire === undefined ? {} : { wire: this.#wire }),
      attempt,
      ...(this.#options.source === undefined ? {} : { source: this.#options.source }),
      ...(regression === undefined ? {} : { regression }),
    }
    try {
      await writeFile(join(this.directory, 'claim.json'), JSON.stringify(record, null, 2) + '\n')
      return record
    } catch (error) {
      return record.verdict === 'fail' ? record : { ...record, ...verdictOf(notes, error) }
    }
  }

  async #lookBack(): Promise<void> {
    await Promise.all(this.#questions)
    this.#assertions.push(...(await this.#watch.lookBack()))
    for (const { cluster, since } of this.#clusters.all) {
      // A fabric that died is the error that the claim ends with; its lateness is of no interest.
      const late = await cluster.lateness(since).catch(() => undefined)
      if (late) this.#measured.noteLateness(late)
      const source = cluster.engine.wireSource
      if (source && source.precisionMs >= (this.#wire?.precisionMs ?? 0)) this.#wire = source
    }
  }

  /** What a claim says that it records is how people find it: it must be true, both ways. */
  #checkRecords(): void {
    const promised = this.#options.claim.records.includes('timeline')
    const recorded = this.#timelines.length > 0
    if (promised === recorded) return
    const todo = promised ? 'it recorded no timeline' : 'it recorded a timeline: add "records: [timeline]" to the claim'
    this.check('the claim records what topology.yaml says', false, todo)
  }
}
