import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { after, type ClusterTime } from '../clock.ts'
import { keepalivedsOf, type BootOptions, type Cluster, type Lab, type Node, type Wishes } from '../cluster/index.ts'
import type { Capability, LatenessSpan, WireSource } from '../engine/engine.ts'
import type { WaitNotice } from '../fabric/index.ts'
import { needsOf } from '../fault/index.ts'
import { parseNamedWishes, type KeepalivedTree } from '../image/index.ts'
import { chosenFor, type Claim, type Topology } from '../topology/index.ts'
import {
  type Coverage,
  coverageOf,
  expectedWindows,
  healthOf,
  judge,
  type ExpectedWindows,
  type Inspection,
  type Invariant,
  type InvariantName,
  type Judgement,
  type ShareVerdict,
  type TimelineDraft,
  type Window,
} from '../verdict/index.ts'
import { ClaimClusters, type Keep, type Sabotage } from './claim-clusters.ts'
import { verdictOf } from './claim-verdict.ts'
import { evidenceOf, listFiles, VERSIONS } from './evidence/index.ts'
import { findingOf } from './known-regression.ts'
import type { Assertion, ClaimRecord, Figure, Finding, Sweep } from './record.ts'
import type { SweepOptions } from './sweep.ts'
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

export interface Measurement {
  readonly name: string
  readonly value: number
  /** Default: "ms". */
  readonly unit?: string
  readonly window?: Window
  /** When the measured span began: how late the machines were in it decides what a miss means. */
  readonly since?: ClusterTime
  /** When the time in which lateness counts ended. Default: `value` after `since`. */
  readonly until?: ClusterTime
  /** Whose lateness can have caused a miss. Default: anybody's. */
  readonly of?: readonly Node[]
  /** The span lies between two firings of one machine's own timer: a late first one makes it look short. */
  readonly periodic?: boolean
  /**
   * Lateness from here on, ms, can have caused a miss of any size: of a client that stood still for as long as it waits
   * for an answer, one more request is lost, whenever that was.
   */
  readonly decisiveMs?: number
  /** How much longer the span may have been, ms. */
  readonly uncertaintyMs?: number
  readonly note?: string
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
  readonly #figures: Figure[] = []
  readonly #undecided = new Map<string, string>()
  readonly #findings: Finding[] = []
  readonly #timelines: TimelineDraft[] = []
  readonly #sweeps: Sweep[] = []
  readonly #questions: Promise<unknown>[] = []
  readonly #watch = new Watch()
  #windows: { readonly key: string; readonly windows: Promise<ExpectedWindows> } | undefined
  #said: string | undefined
  #protocolWaitMs = 0
  #lateness = { fabricMaxMs: 0, fabricP99Ms: 0 }
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
  async measure(cluster: Cluster, measurement: Measurement): Promise<boolean> {
    const { name, value, unit = 'ms', window, uncertaintyMs = 0 } = measurement
    const judgement = await this.#judge(cluster, measurement)
    const note = [
      measurement.note,
      uncertaintyMs >= 1 ? `up to ${uncertaintyMs.toFixed(0)} ms longer` : undefined,
      judgement === 'undecided'
        ? 'not decided: the machine was late by more than the miss, or by enough to cause it'
        : undefined,
    ].filter((part) => part !== undefined)
    this.#figures.push({
      ...{ name, value: Math.round(value * 1000) / 1000, unit },
      ...(window && {
        window: { min: window.minMs, max: window.maxMs, formula: window.formula, source: window.source },
        within: judgement === 'inside',
      }),
      ...(note.length === 0 ? {} : { note: note.join('; ') }),
    })
    return judgement === undefined || judgement === 'inside'
  }

  /** What the lateness of harness and machines leaves of a measurement. Notes what it leaves undecided. */
  async #judge(cluster: Cluster, measurement: Measurement): Promise<Judgement | undefined> {
    const { name, value, window, since, uncertaintyMs = 0 } = measurement
    const late = since === undefined ? undefined : await cluster.lateness(since, spanOf(measurement, since))
    if (late) this.#noteLateness(late)
    if (!window) return undefined
    const lateBy = {
      fabricLateMs: late?.fabricMaxMs ?? 0,
      machineLateMs: late?.machineMs ?? 0,
      startLateMs: since === undefined ? 0 : await startLateness(cluster, measurement, since),
    }
    const { decisiveMs = Infinity } = measurement
    const judgement = judge({ valueMs: value, uncertaintyMs, decisiveMs, ...lateBy }, window)
    if (judgement === 'undecided') {
      const lateMs = lateBy.fabricLateMs + lateBy.machineLateMs + lateBy.startLateMs
      const miss = `${value.toFixed(1)} ms misses ${window.minMs}..${window.maxMs} ms`
      const decisive = lateBy.machineLateMs >= decisiveMs
      const than = decisive ? 'and the machine was late enough to cause that' : 'by less than the machine was late'
      this.#undecided.set(name, `${name}: ${miss} ${than} (${lateMs.toFixed(0)} ms)`)
    }
    return judgement
  }

  /**
   * Strikes a fault at `phases` phases of an interval, spread evenly, and judges what each is measured at: the window is
   * right, and tight, when all lie in it and cover it. `strike` waits for its phase (`atPhase`), breaks, measures and heals.
   * The figure "coverage of the window" and the record's `sweeps` tell how much of it they covered.
   */
  async sweep(cluster: Cluster, { name, window, phases, of, strike }: SweepOptions): Promise<Coverage> {
    const points: (Sweep['points'][number] & { readonly judgement: Judgement | undefined })[] = []
    for (let count = 0; count < phases; count++) {
      const phase = count / phases
      this.say(`${name}: phase ${count + 1} of ${phases}`)
      const { value, since, uncertaintyMs = 0 } = await strike(phase)
      const measurement = { name: `${name} at phase ${phase.toFixed(3)}`, value, window, since, uncertaintyMs }
      const judgement = await this.#judge(cluster, { ...measurement, ...(of === undefined ? {} : { of }) })
      points.push({ phase, value: Math.round(value * 1000) / 1000, within: judgement === 'inside', judgement })
    }
    const coverage = coverageOf(
      points.map(({ value }) => value),
      window,
    )
    const outside = points.filter(({ judgement }) => judgement === 'outside')
    this.check(
      `${name}: none of ${phases} phases misses its window`,
      outside.length === 0,
      outside.map(({ phase, value }) => `${value} ms at phase ${phase}`).join(', ') || undefined,
    )
    const { share, largestGapMs, lowSlackMs, highSlackMs } = coverage
    this.#sweeps.push({
      name,
      window: { min: window.minMs, max: window.maxMs, formula: window.formula, source: window.source },
      points: points.map(({ phase, value, within }) => ({ phase, value, within })),
      ...{ share, largestGapMs, lowSlackMs, highSlackMs },
    })
    const ms = (figure: number): string => `${figure.toFixed(0)} ms`
    this.#figures.push({
      name: `coverage of the window: ${name}`,
      value: Math.round(share * 1000) / 1000,
      unit: 'share',
      note: `${phases} phases; largest gap ${ms(largestGapMs)}, ${ms(lowSlackMs)} from the lower end, ${ms(highSlackMs)} from the upper`,
    })
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
    const notes = { assertions: this.#assertions, figures: this.#figures, undecided: this.#undecided }
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
      ...{ figures: this.#figures, assertions: this.#assertions, timelines: this.#timelines, findings: this.#findings },
      ...(this.#sweeps.length === 0 ? {} : { sweeps: this.#sweeps }),
      ...(this.#clusters.versions === undefined ? {} : { versions: this.#clusters.versions }),
      // A cluster that stays up goes on writing.
      evidence: await evidenceOf(files, outDir, keep === undefined),
      folder: relative(outDir, this.directory),
      durationMs: Math.round(performance.now() - started),
      ...(bootMs === undefined ? {} : { bootMs: Math.round(bootMs) }),
      protocolWaitMs: Math.round(this.#protocolWaitMs),
      lateness: this.#lateness,
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
      if (late) this.#noteLateness(late)
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

  #noteLateness({ fabricMaxMs, fabricP99Ms }: { readonly fabricMaxMs: number; readonly fabricP99Ms: number }): void {
    const larger = (a: number, b: number): number => Math.round(Math.max(a, b) * 100) / 100
    this.#lateness = {
      fabricMaxMs: larger(this.#lateness.fabricMaxMs, fabricMaxMs),
      fabricP99Ms: larger(this.#lateness.fabricP99Ms, fabricP99Ms),
    }
  }
}

/** A timer is late by what its machine waited for a processor around its firing; the meter looks four times a second. */
const START_SPAN_MS = 500

async function startLateness(cluster: Cluster, { periodic, of }: Measurement, since: ClusterTime): Promise<number> {
  if (periodic !== true) return 0
  const { machineMs } = await cluster.lateness(after(since, -START_SPAN_MS), { until: since, ...machinesOf(of) })
  return machineMs
}

/** Lateness after what was measured had ended excuses nothing. */
function spanOf({ value, unit = 'ms', of, until }: Measurement, since: ClusterTime): LatenessSpan {
  const end = until ?? (unit === 'ms' && value > 0 ? after(since, value) : undefined)
  return {
    ...(end === undefined ? {} : { until: end }),
    ...machinesOf(of),
  }
}

function machinesOf(nodes: Measurement['of']): Pick<LatenessSpan, 'machines'> {
  return nodes === undefined ? {} : { machines: nodes.map(({ name }) => name) }
}

/**
 * A rule about who answers ARP proves nothing where nobody asks: the client asks for every VIP, and forgets what it knew.
 * Never rejects: a client that is gone has asked nothing.
 */
async function askForVips({ client, vips }: Cluster): Promise<void> {
  const asks = vips.flatMap(({ address, spec }) => {
    const nic = client.spec.interfaces.find(({ network }) => network === spec.network)?.name
    return nic === undefined ? [] : [`ip neigh flush dev ${nic}; arping -q -c 1 -w 2 -I ${nic} ${address}`]
  })
  if (asks.length > 0) await client.run(asks.join('; ')).catch(() => undefined)
}
