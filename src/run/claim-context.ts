import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { ClusterTime } from '../clock.ts'
import type { BootOptions, Cluster, Lab } from '../cluster/index.ts'
import { LvslabError, messageOf } from '../errors.ts'
import type { Claim, Topology } from '../topology/index.ts'
import {
  answersBypassDirectors,
  expectedWindows,
  judge,
  oneMasterAtATime,
  onlyCandidatesAnswerArp,
  type ExpectedWindows,
  type Invariant,
  type TimelineDraft,
  type Window,
} from '../verdict/index.ts'
import { collectEvidence } from './evidence.ts'
import type { Assertion, ClaimRecord, Evidence, Figure, Finding, Verdict } from './record.ts'

export interface ClaimOptions {
  readonly claim: Claim
  readonly topology: Topology
  readonly lab: Lab
  /** The run record's folder; evidence paths are relative to it. */
  readonly outDir: string
  /** Folder in it for this round's claims. */
  readonly folder: string
  readonly attempt: number
  readonly mode: BootOptions['mode']
  /** Leave clusters running for a person to look into. */
  readonly keep?: Keep
  readonly onProgress?: (line: string) => void
  /** Breaks every cluster that the claim boots, on purpose: does the claim notice? For tests of the harness. */
  readonly sabotage?: Sabotage
}

export interface Keep {
  readonly when: 'failed' | 'always'
  /** Takes a cluster over, so that other terminals find it; answers its name. */
  readonly hand: (cluster: Cluster, name: string, evidenceDir: string, host: Lab['host']) => Promise<string>
}

export interface Sabotage {
  /** The topology to boot in place of the claim's; what is expected still follows from the claim's own. */
  readonly vary?: (topology: Topology, directory: string) => Promise<Topology>
  readonly afterBoot?: (cluster: Cluster) => Promise<void>
}

export interface Measurement {
  readonly name: string
  readonly value: number
  readonly unit?: string
  readonly window?: Window
  /** When the measured span began: how late the machine was since then decides what a miss means. */
  readonly since?: ClusterTime
  /** How much longer the span may have been, ms. */
  readonly uncertaintyMs?: number
  readonly note?: string
}

/** A claim that cannot be put to the test here; with the reason. */
export class Skip extends Error {}

/** What a claim's test holds: clusters to boot, and ways to say what it saw. */
export class ClaimContext {
  readonly topology: Topology
  readonly windows: Promise<ExpectedWindows>
  readonly #options: ClaimOptions
  readonly #assertions: Assertion[] = []
  readonly #figures: Figure[] = []
  readonly #findings: Finding[] = []
  readonly #timelines: TimelineDraft[] = []
  readonly #evidence: Evidence[] = []
  readonly #undecided: string[] = []
  readonly #watched: { readonly cluster: Cluster; readonly since: ClusterTime; readonly invariant: Invariant }[] = []
  readonly #questions: Promise<unknown>[] = []
  readonly #clusters: { readonly cluster: Cluster; readonly directory: string; readonly since: ClusterTime }[] = []
  #bootMs: number | undefined
  #protocolWaitMs = 0
  #lateness = { fabricMaxMs: 0, fabricP99Ms: 0 }

  constructor(options: ClaimOptions) {
    this.#options = options
    this.topology = options.topology
    this.windows = expectedWindows(options.topology, { version: options.lab.host.userland.keepalived })
    // Whoever needs a window awaits it and gets the error there.
    this.windows.catch(() => undefined)
  }

  /** Boots the claim's topology, or a variant of it. Taken down when the claim ends. */
  async boot(
    options: { topology?: Topology; mode?: BootOptions['mode']; startServices?: boolean } = {},
  ): Promise<Cluster> {
    const number = this.#clusters.length
    const directory = join(this.directory, number === 0 ? 'cluster' : `cluster-${number + 1}`)
    const mode = this.#options.mode ?? options.mode
    this.say('booting the cluster')
    const { sabotage } = this.#options
    const asked = options.topology ?? this.topology
    const topology = (await sabotage?.vary?.(asked, join(this.directory, 'sabotage'))) ?? asked
    const cluster = await this.#options.lab.boot(topology, {
      evidenceDir: directory,
      ...(mode === undefined ? {} : { mode }),
      ...(options.startServices === undefined ? {} : { startServices: options.startServices }),
    })
    this.#bootMs = (this.#bootMs ?? 0) + cluster.boot.ms
    this.#clusters.push({ cluster, directory, since: cluster.clock.now() })
    await sabotage?.afterBoot?.(cluster)
    this.say('the cluster is up')
    return cluster
  }

  /** What every healthy cluster keeps to, from now to the end of the claim. */
  alwaysHealthy(cluster: Cluster, options: { readonly overlapMs?: number } = {}): void {
    this.#askForVips(cluster)
    this.always(cluster, onlyCandidatesAnswerArp)
    this.always(cluster, answersBypassDirectors)
    this.always(cluster, oneMasterAtATime(options.overlapMs ?? 1_100))
  }

  /** A rule about who answers ARP proves nothing where nobody asks: the client does, and knows no answer of before. */
  #askForVips(cluster: Cluster): void {
    const { client, vips } = cluster
    const ask = vips.flatMap(({ address, spec }) => {
      const nic = client.spec.interfaces.find(({ network }) => network === spec.network)
      return nic ? [`ip neigh flush dev ${nic.name}; arping -q -c 1 -w 2 -I ${nic.name} ${address}`] : []
    })
    if (ask.length > 0) this.#questions.push(client.run(ask.join('; ')).catch(() => undefined))
  }

  always(cluster: Cluster, invariant: Invariant): void {
    this.#watched.push({ cluster, since: cluster.clock.now(), invariant })
  }

  /** Folder for what this attempt leaves behind. */
  get directory(): string {
    const { outDir, folder, claim, attempt } = this.#options
    return join(outDir, folder, claim.id, attempt === 1 ? '' : `attempt-${attempt}`)
  }

  /** Tells who watches what goes on. */
  say(line: string): void {
    this.#options.onProgress?.(line)
  }

  /** Something that must be so. */
  check(text: string, ok: boolean, detail?: string): boolean {
    this.#assertions.push({ text, ok, ...(detail === undefined ? {} : { detail }) })
    return ok
  }

  /** A figure; with a window, one that must lie inside it. Answers whether it does. */
  async measure(cluster: Cluster, measurement: Measurement): Promise<boolean> {
    const { name, value, unit = 'ms', window, since, uncertaintyMs = 0, note } = measurement
    const notes = [note, uncertaintyMs >= 1 ? `up to ${uncertaintyMs.toFixed(0)} ms longer` : undefined]
    const late = since === undefined ? undefined : await cluster.lateness(since)
    if (late) this.#noteLateness(late)
    const judgement =
      window &&
      judge(
        {
          valueMs: value,
          uncertaintyMs,
          fabricLateMs: late?.fabricMaxMs ?? 0,
          machineLateMs: late?.machineMs ?? 0,
        },
        window,
      )
    if (judgement === 'undecided') {
      this.#undecided.push(
        `${name}: ${value.toFixed(1)} ms misses ${window!.minMs}..${window!.maxMs} ms by less than the machine was late ` +
          `(${late!.machineMs.toFixed(0)} ms)`,
      )
      notes.push('not decided: the machine was late by more than the miss')
    }
    const text = notes.filter((part) => part !== undefined).join('; ')
    this.#figures.push({
      name,
      value: Math.round(value * 1000) / 1000,
      unit,
      ...(window
        ? { window: { min: window.minMs, max: window.maxMs, formula: window.formula, source: window.source } }
        : {}),
      ...(judgement === undefined ? {} : { within: judgement === 'inside' }),
      ...(text === '' ? {} : { note: text }),
    })
    return judgement === undefined || judgement === 'inside'
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
    } catch (error) {
      thrown = error
    }
    await this.#lookBack()
    thrown = this.#casualty(thrown) ?? thrown
    const end = this.#judge(thrown)
    await this.#takeDown(end.verdict, thrown)
    const { claim, topology, attempt } = this.#options
    const record: ClaimRecord = {
      id: claim.id,
      topology: topology.name,
      title: claim.title,
      negative: claim.negative,
      ...end,
      figures: this.#figures,
      assertions: this.#assertions,
      timelines: this.#timelines,
      findings: this.#findings,
      evidence: this.#evidence,
      durationMs: Math.round(performance.now() - started),
      ...(this.#bootMs === undefined ? {} : { bootMs: Math.round(this.#bootMs) }),
      protocolWaitMs: Math.round(this.#protocolWaitMs),
      lateness: this.#lateness,
      attempt,
    }
    await writeFile(join(this.directory, 'claim.json'), JSON.stringify(record, null, 2) + '\n')
    return record
  }

  async #lookBack(): Promise<void> {
    await Promise.all(this.#questions)
    for (const { cluster, since, invariant } of this.#watched) {
      const violations = invariant.violations(cluster, since, cluster.clock.now())
      this.check(`always: ${invariant.text}`, violations.length === 0, violations.join('\n') || undefined)
    }
    for (const { cluster, since } of this.#clusters) {
      try {
        this.#noteLateness(await cluster.lateness(since))
      } catch {
        // A fabric that died is the error that the claim ends with; its lateness is of no interest.
      }
    }
  }

  /** A machine that went down by itself explains whatever else was seen, and leaves nothing proven. */
  #casualty(thrown: unknown): LvslabError | undefined {
    if (thrown instanceof LvslabError && thrown.code === 'LVSLAB_E_MACHINE_DOWN') return undefined
    return this.#clusters.flatMap(({ cluster }) => cluster.engine.casualties())[0]
  }

  #noteLateness(late: { readonly fabricMaxMs: number; readonly fabricP99Ms: number }): void {
    this.#lateness = {
      fabricMaxMs: round(Math.max(this.#lateness.fabricMaxMs, late.fabricMaxMs)),
      fabricP99Ms: round(Math.max(this.#lateness.fabricP99Ms, late.fabricP99Ms)),
    }
  }

  #judge(thrown: unknown): Pick<ClaimRecord, 'verdict' | 'reason' | 'code' | 'errorKind'> {
    if (thrown instanceof Skip) return { verdict: 'skip', reason: thrown.message }
    if (thrown !== undefined) {
      if (!(thrown instanceof LvslabError))
        return { verdict: 'fail', reason: (thrown as Error).stack ?? messageOf(thrown) }
      return { verdict: 'fail', reason: thrown.describe(), code: thrown.code, errorKind: thrown.kind }
    }
    const broken = this.#assertions
      .filter(({ ok }) => !ok)
      .map(({ text, detail }) => `${text}${detail ? ` (${detail})` : ''}`)
    const undecided = this.#undecided
    const outside = this.#figures
      .filter(({ within, name }) => within === false && !undecided.some((text) => text.startsWith(`${name}:`)))
      .map(({ name, value, unit, window }) => `${name}: ${value} ${unit}, expected ${window?.min}..${window?.max}`)
    const reasons = [...broken, ...outside]
    if (reasons.length > 0) return { verdict: 'fail', reason: reasons.join('; ') }
    if (undecided.length > 0) return { verdict: 'inconclusive', reason: undecided.join('; ') }
    if (this.#assertions.length + this.#figures.filter(({ within }) => within !== undefined).length === 0) {
      return { verdict: 'fail', reason: 'the test asserted nothing' }
    }
    return { verdict: 'pass' }
  }

  async #takeDown(verdict: Verdict, thrown: unknown): Promise<void> {
    for (const { cluster, directory } of this.#clusters) {
      try {
        if (verdict === 'fail') await collectEvidence(cluster, directory)
      } catch (error) {
        this.say(`evidence could not be collected: ${messageOf(error)}`)
      }
      if (await this.#keep(cluster, directory, verdict)) continue
      await cluster[Symbol.asyncDispose]().catch((error: unknown) => {
        this.say(`the cluster could not be taken down in order: ${messageOf(error)}`)
      })
      await this.#listEvidence(directory, cluster)
    }
    if (thrown !== undefined && this.#clusters.length === 0) await this.#listConsoles()
  }

  /** Hands the cluster over instead of taking it down, if that was asked for and can be done. */
  async #keep(cluster: Cluster, directory: string, verdict: Verdict): Promise<boolean> {
    const { keep, claim } = this.#options
    if (!keep || (keep.when === 'failed' && verdict !== 'fail')) return false
    try {
      const name = await keep.hand(cluster, `claim-${claim.id}`, directory, this.#options.lab.host)
      this.say(`kept: the cluster of ${claim.id} is up as ${name}`)
      await this.#listEvidence(directory, cluster)
      return true
    } catch (error) {
      this.say(`the cluster could not be kept: ${messageOf(error)}`)
      return false
    }
  }

  async #listEvidence(directory: string, cluster: Cluster): Promise<void> {
    const { listFiles } = await import('./evidence.ts')
    for (const file of await listFiles(directory)) this.#evidence.push(this.#evidenceOf(join(directory, file), file))
    void cluster
  }

  /** A cluster that did not come up has left its consoles where it was to go. */
  async #listConsoles(): Promise<void> {
    const { listFiles } = await import('./evidence.ts')
    for (const file of await listFiles(join(this.directory, 'cluster'))) {
      this.#evidence.push(this.#evidenceOf(join(this.directory, 'cluster', file), file))
    }
  }

  #evidenceOf(path: string, file: string): Evidence {
    const kind = file.endsWith('.pcapng') ? 'capture' : file.endsWith('.console.log') ? 'console' : 'log'
    return { kind, label: file, path: relative(this.#options.outDir, path) }
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100
}
