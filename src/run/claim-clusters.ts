import { join } from 'node:path'
import type { ClusterTime } from '../clock.ts'
import type { BootOptions, Cluster, Lab, Wishes } from '../cluster/index.ts'
import { LvslabError, messageOf } from '../errors.ts'
import type { Topology } from '../topology/index.ts'
import { diskFull } from './disk-room.ts'
import { COLLECT_DEADLINE_MS, collectEvidence, listFiles, writeVersions, type EvidenceFile } from './evidence/index.ts'
import type { ClaimRecord, Verdict } from './record.ts'

/** Leaving clusters up for a person to look into. */
export interface Keep {
  readonly when: 'failed' | 'always'
  /** Takes a cluster over, so that other terminals find it; answers its name. */
  readonly hand: (cluster: Cluster, name: string, evidenceDir: string, host: Lab['host']) => Promise<string>
}

/** Breaking every cluster that a claim boots, on purpose: does the claim notice? For tests of the harness. */
export interface Sabotage {
  /** The topology to boot in place of the claim's; what is expected still follows from the claim's own. */
  readonly vary?: (topology: Topology, directory: string) => Promise<Topology>
  readonly afterBoot?: (cluster: Cluster) => Promise<void>
}

export interface ClaimClustersOptions {
  readonly id: string
  readonly lab: Lab
  readonly directory: string
  /** How to boot whatever the test asks for. */
  readonly mode: BootOptions['mode']
  readonly keep?: Keep
  readonly sabotage?: Sabotage
  readonly say: (line: string) => void
}

interface Booted {
  readonly cluster: Cluster
  readonly directory: string
  readonly since: ClusterTime
}

/** The clusters of one claim, from boot to the evidence that they leave. */
export class ClaimClusters {
  readonly #options: ClaimClustersOptions
  readonly #booted: Booted[] = []
  #tried = 0
  #evidenceError: LvslabError | undefined

  constructor(options: ClaimClustersOptions) {
    this.#options = options
  }

  get all(): readonly Booted[] {
    return this.#booted
  }

  /** A machine that went down by itself: explains whatever else was seen, and leaves nothing proven. */
  casualty(): LvslabError | undefined {
    return this.#booted.flatMap(({ cluster }) => cluster.engine.casualties())[0]
  }

  /** Why what was seen could not be kept, once all is taken down: a verdict without its evidence is worth little. */
  get evidenceError(): LvslabError | undefined {
    return this.#evidenceError
  }

  /** What the last cluster's nodes are made of, by name; undefined when none came up. */
  get versions(): ClaimRecord['versions'] {
    const last = this.#booted.at(-1)
    return last && Object.fromEntries(last.cluster.versions)
  }

  /** ms that all boots took; undefined when there was none. */
  get bootMs(): number | undefined {
    return this.#booted.length === 0 ? undefined : this.#booted.reduce((sum, { cluster }) => sum + cluster.boot.ms, 0)
  }

  async boot(
    asked: Topology,
    options: Pick<BootOptions, 'startServices' | 'needs'> & {
      readonly mode?: BootOptions['mode']
      readonly versions?: Wishes
    },
  ): Promise<Cluster> {
    const { sabotage, lab, say } = this.#options
    const directory = this.#directory(this.#tried++)
    const topology = (await sabotage?.vary?.(asked, join(this.#options.directory, 'sabotage'))) ?? asked
    const mode = this.#options.mode ?? options.mode
    say('booting the cluster')
    const own = options.versions === undefined ? lab : await lab.with(options.versions)
    const cluster = await own.boot(topology, {
      evidenceDir: directory,
      ...(mode === undefined ? {} : { mode }),
      ...(options.startServices === undefined ? {} : { startServices: options.startServices }),
      ...(options.needs === undefined ? {} : { needs: options.needs }),
    })
    this.#booted.push({ cluster, directory, since: cluster.clock.now() })
    await sabotage?.afterBoot?.(cluster)
    say('the cluster is up')
    return cluster
  }

  /**
   * Takes all down, or hands them over where they are to be kept. Answers the files that they leave, with their folders.
   * A cluster that did not come up has left its consoles where it was to go.
   *
   * @param collect - the machines are asked for their state first
   */
  async takeDown(verdict: Verdict, collect: boolean): Promise<EvidenceFile[]> {
    if (collect) await this.#collect()
    for (const { cluster, directory } of this.#booted) {
      if (await this.#kept(cluster, directory, verdict)) continue
      await this.#attempt('the cluster could not be taken down in order', () => cluster[Symbol.asyncDispose]())
    }
    const files: EvidenceFile[] = []
    for (let number = 0; number < this.#tried; number++) files.push(...(await listFiles(this.#directory(number))))
    return files
  }

  /** The verdict stands: nothing that goes wrong here changes it. */
  async #collect(): Promise<void> {
    const { say, lab, directory: folder } = this.#options
    const deadline = performance.now() + COLLECT_DEADLINE_MS
    const given = (error: unknown): void => say(`evidence could not be collected: ${messageOf(error)}`)
    say('asking the machines for their state')
    await writeVersions(lab.host, folder).catch(given)
    for (const { cluster, directory } of this.#booted) await collectEvidence(cluster, directory, deadline).catch(given)
    const tookS = (performance.now() - deadline + COLLECT_DEADLINE_MS) / 1000
    say(`the machines' state was asked for in ${tookS.toFixed(1)} s`)
  }

  #directory(number: number): string {
    return join(this.#options.directory, number === 0 ? 'cluster' : `cluster-${number + 1}`)
  }

  async #kept(cluster: Cluster, directory: string, verdict: Verdict): Promise<boolean> {
    const { keep, id, lab, say } = this.#options
    if (!keep || (keep.when === 'failed' && verdict !== 'fail')) return false
    return this.#attempt('the cluster could not be kept', async () => {
      const name = await keep.hand(cluster, `claim-${id}`, directory, lab.host)
      say(`kept: the cluster of ${id} is up as ${name}`)
    })
  }

  /** What goes wrong now must not hide what the claim has found. */
  async #attempt(what: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      const full = diskFull(error, what)
      if (full) this.#evidenceError ??= full
      else if (error instanceof LvslabError && error.code === 'LVSLAB_E_FABRIC_CAPTURE') this.#evidenceError ??= error
      this.#options.say(`${what}: ${messageOf(error)}`)
      return false
    }
  }
}
