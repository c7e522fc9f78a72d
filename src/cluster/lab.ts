import { demandCapabilities } from '../engine/capabilities.ts'
import type { BootMode, Capability, NodeVersions } from '../engine/engine.ts'
import { prepareHost, versionsOf, type VmHost } from '../engine/vm/vm-host.ts'
import { VmCluster } from '../engine/vm/vm-cluster.ts'
import { ensureKeepalivedTree, type KeepalivedTree, type Progress } from '../image/index.ts'
import { loadTopology, readHeartbeatConfs, readKeepalivedConfs, type Topology } from '../topology/index.ts'
import { Cluster } from './cluster.ts'
import { untilMastersAdvertise, untilReady } from './ready/index.ts'
import { demandWishes, type Wishes } from './wishes.ts'

export interface LabOptions extends Wishes {
  readonly progress: Progress
}

export interface BootOptions {
  /** Default: snapshot, a saved cluster that had become ready. */
  readonly mode?: BootMode
  /** Where captures and consoles go; kept. */
  readonly evidenceDir: string
  /** `false`: machines come up provisioned, with all services stopped. Not with a snapshot. */
  readonly startServices?: boolean
  /** What the engine must be able to do: for faults that are to come. */
  readonly needs?: readonly Capability[]
}

/** Where clusters are booted: the kernels, userlands and acceleration that all of them share. */
export class Lab {
  readonly host: VmHost
  /** What was asked for. */
  readonly wishes: Wishes
  readonly #progress: Progress

  private constructor(host: VmHost, { progress, ...wishes }: LabOptions) {
    this.host = host
    this.wishes = wishes
    this.#progress = progress
  }

  get engineName(): string {
    return 'vm'
  }

  /** What can be done to the clusters that are booted here. */
  get capabilities(): ReadonlySet<Capability> {
    return VmCluster.capabilities
  }

  /** Builds what the cache lacks. */
  static async open(options: LabOptions): Promise<Lab> {
    const { kernel, keepalived: userland, progress } = options
    return new Lab(await prepareHost({ kernel, userland }, progress), options)
  }

  /** One like this, with other machines. Builds what the cache lacks. */
  with(wishes: Wishes): Promise<Lab> {
    return Lab.open({ ...this.wishes, ...wishes, progress: this.#progress })
  }

  /** A keepalived to be carried into a machine that runs; see `carryKeepalived`. */
  keepalivedTree(wish: string | undefined): Promise<KeepalivedTree> {
    return ensureKeepalivedTree(wish, this.#progress)
  }

  /** Resolved versions of a topology's nodes, by their names. */
  versions(topology: Topology): ReadonlyMap<string, NodeVersions> {
    return versionsOf(this.host, topology)
  }

  /**
   * Builds templates and snapshot of a topology, if the cache lacks them.
   *
   * @throws UsageError as {@link demandWishes}
   */
  async prepare(topology: Topology, evidenceDir: string): Promise<void> {
    demandWishes(topology, this.wishes)
    await VmCluster.prepare({
      host: this.host,
      topology,
      evidenceDir,
      progress: this.#progress,
      untilReady,
    })
  }

  /**
   * Boots a topology, by name, folder, or as a variant made with `vary`.
   *
   * @throws UsageError for a topology that is wrong, or that lacks a node that was named for a version, or with `LVSLAB_E_ENGINE_LACKS` for an engine that cannot do what is
   * needed; InfrastructureError for a cluster that does not come up
   */
  async boot(which: string | Topology, options: BootOptions): Promise<Cluster> {
    const { capabilities, engineName: name } = this
    demandCapabilities({ name, capabilities }, options.needs ?? [], 'inject the faults of this test')
    const topology = typeof which === 'string' ? await loadTopology(which) : which
    demandWishes(topology, this.wishes)
    // A configuration that cannot be understood is found before a machine starts.
    await Promise.all([readKeepalivedConfs(topology), readHeartbeatConfs(topology)])
    const mode = options.mode ?? 'snapshot'
    const started = performance.now()
    const engine = await VmCluster.boot({
      host: this.host,
      topology,
      mode,
      evidenceDir: options.evidenceDir,
      progress: this.#progress,
      untilReady,
      ...(options.startServices === undefined ? {} : { startServices: options.startServices }),
    })
    try {
      if (options.startServices !== false) {
        if (mode === 'snapshot') await untilMastersAdvertise(engine)
        else await untilReady(engine)
      }
    } catch (error) {
      await engine[Symbol.asyncDispose]()
      throw error
    }
    return new Cluster(engine, { mode, ms: performance.now() - started })
  }
}
