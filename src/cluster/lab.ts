import { demandCapabilities } from '../engine/capabilities.ts'
import type { BootMode, Capability } from '../engine/engine.ts'
import { prepareHost, type VmHost } from '../engine/vm/vm-host.ts'
import { VmCluster } from '../engine/vm/vm-cluster.ts'
import type { Progress } from '../image/index.ts'
import { loadTopology, readHeartbeatConfs, readKeepalivedConfs, type Topology } from '../topology/index.ts'
import { Cluster } from './cluster.ts'
import { untilMastersAdvertise, untilReady } from './ready/index.ts'

export interface LabOptions {
  readonly kernel?: string | undefined
  readonly userland?: string | undefined
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

/** Where clusters are booted: the kernel, userland and acceleration that all of them share. */
export class Lab {
  readonly host: VmHost
  readonly #progress: Progress

  private constructor(host: VmHost, progress: Progress) {
    this.host = host
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
    return new Lab(await prepareHost(options, options.progress), options.progress)
  }

  /** Builds templates and snapshot of a topology, if the cache lacks them. */
  async prepare(topology: Topology, evidenceDir: string): Promise<void> {
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
   * @throws UsageError for a topology that is wrong, or with `LVSLAB_E_ENGINE_LACKS` for an engine that cannot do what is
   * needed; InfrastructureError for a cluster that does not come up
   */
  async boot(which: string | Topology, options: BootOptions): Promise<Cluster> {
    const { capabilities, engineName: name } = this
    demandCapabilities({ name, capabilities }, options.needs ?? [], 'inject the faults of this test')
    const topology = typeof which === 'string' ? await loadTopology(which) : which
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
