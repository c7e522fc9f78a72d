import { demandCapabilities } from '../engine/capabilities.ts'
import type { BootMode, Capability, EngineName, NodeVersions } from '../engine/engine.ts'
import { ensureKeepalivedTree, type KeepalivedTree, type Progress } from '../image/index.ts'
import { loadTopology, readHeartbeatConfs, readKeepalivedConfs, type Topology } from '../topology/index.ts'
import { UsageError } from '../errors.ts'
import { Cluster } from './cluster.ts'
import { openVagrant, openVm, type LabEngine, type LabHost } from './lab-engine.ts'
import { untilMastersAdvertise, untilReady } from './ready/index.ts'
import { demandWishes, type Wishes } from './wishes.ts'

export interface LabOptions extends Wishes {
  /** Default: vm. */
  readonly engine?: EngineName | undefined
  /** What will be booted; Vagrant's machines are those of one topology, a name or a folder. */
  readonly topology?: string | undefined
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

/** Where clusters are booted: the engine, and the kernels, userlands and acceleration that all of them share. */
export class Lab {
  readonly #engine: LabEngine
  readonly #options: LabOptions

  private constructor(engine: LabEngine, options: LabOptions) {
    this.#engine = engine
    this.#options = options
  }

  get engineName(): EngineName {
    return this.#engine.name
  }

  get host(): LabHost {
    return this.#engine.host
  }

  /** What was asked for. */
  get wishes(): Wishes {
    const { kernel, keepalived } = this.#options
    return { kernel, keepalived }
  }

  /** What can be done to the clusters that are booted here. */
  get capabilities(): ReadonlySet<Capability> {
    return this.#engine.capabilities
  }

  /**
   * Builds what the cache lacks; under Vagrant, brings the machines up that are missing.
   *
   * @throws UsageError `LVSLAB_E_VAGRANT_VERSIONS` for wishes that Vagrant's machines cannot be given
   */
  static async open(options: LabOptions): Promise<Lab> {
    const { engine = 'vm', topology, kernel, keepalived, progress } = options
    if (engine === 'vm') return new Lab(await openVm({ kernel, keepalived }, progress), options)
    if (kernel !== undefined || keepalived !== undefined) {
      throw new UsageError('LVSLAB_E_VAGRANT_VERSIONS', "Vagrant's machines have their box's kernel and keepalived", {
        tried: 'choose others with --kernel or --keepalived',
        todo: 'use --engine vm for that, or a box of your own in LVSLAB_BOX',
      })
    }
    return new Lab(await openVagrant(await loadTopology(topology ?? 'dr-vrrp'), progress), options)
  }

  /** One like this, with other machines; itself, if they are the same. Builds what the cache lacks. */
  async with(wishes: Wishes): Promise<Lab> {
    const asked = { ...this.wishes, ...wishes }
    const { kernel, keepalived } = this.wishes
    if (asked.kernel === kernel && asked.keepalived === keepalived) return this
    return Lab.open({ ...this.#options, ...asked })
  }

  /** A keepalived to be carried into a machine that runs; see `carryKeepalived`. */
  keepalivedTree(wish: string | undefined): Promise<KeepalivedTree> {
    return ensureKeepalivedTree(wish, this.#options.progress)
  }

  /** Resolved versions of a topology's nodes, by their names. */
  versions(topology: Topology): ReadonlyMap<string, NodeVersions> {
    return this.#engine.versions(topology)
  }

  /**
   * Builds templates and snapshot of a topology, if they are missing.
   *
   * @throws UsageError as {@link demandWishes}
   */
  async prepare(topology: Topology, evidenceDir: string): Promise<void> {
    demandWishes(topology, this.wishes)
    await this.#engine.prepare({ topology, evidenceDir, progress: this.#options.progress, untilReady })
  }

  /** After the last claim: leaves what stays, under Vagrant the machines, as they were when they were ready. */
  async finish(): Promise<void> {
    await this.#engine.finish()
  }

  /**
   * Boots a topology, by name, folder, or as a variant made with `vary`.
   *
   * @throws UsageError for a topology that is wrong, or that lacks a node that was named for a version, or with
   * `LVSLAB_E_ENGINE_LACKS` for an engine that cannot do what is needed; InfrastructureError for a cluster that does not
   * come up
   */
  async boot(which: string | Topology, options: BootOptions): Promise<Cluster> {
    const { capabilities, engineName: name } = this
    demandCapabilities({ name, capabilities }, options.needs ?? [], 'do what this test asks for')
    const topology = typeof which === 'string' ? await loadTopology(which) : which
    demandWishes(topology, this.wishes)
    // A configuration that cannot be understood is found before a machine starts.
    await Promise.all([readKeepalivedConfs(topology), readHeartbeatConfs(topology)])
    const mode = options.mode ?? 'snapshot'
    const started = performance.now()
    const engine = await this.#engine.boot({
      topology,
      mode,
      evidenceDir: options.evidenceDir,
      progress: this.#options.progress,
      untilReady,
      ...(options.startServices === undefined ? {} : { startServices: options.startServices }),
    })
    try {
      if (options.startServices !== false) {
        if (mode === 'snapshot') await untilMastersAdvertise(engine)
        else await untilReady(engine, this.#options.progress)
      }
    } catch (error) {
      await engine[Symbol.asyncDispose]()
      throw error
    }
    return new Cluster(engine, { mode, ms: performance.now() - started })
  }
}
