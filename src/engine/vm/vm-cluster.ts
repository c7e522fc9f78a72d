import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterClock, ClusterTime } from '../../clock.ts'
import { InfrastructureError, UsageError } from '../../errors.ts'
import { Fabric, type CableId, type PortCounts, type Wire } from '../../fabric/index.ts'
import { removeScratchDir, scratchDir } from '../../host/paths.ts'
import type { NodeSpec, Topology } from '../../topology/index.ts'
import { CAPABILITIES, type Capability } from '../capabilities.ts'
import type { ClusterLateness, EngineCluster, GuestFile, LatenessSpan, NodeVersions } from '../engine.ts'
import { GUEST_SCRIPTS, nodeFiles, provisionScripts, startOrder } from '../provision.ts'
import { FabricNetwork } from './fabric-network.ts'
import { guestArchive } from '../guest-archive.ts'
import { keepalivedRefusal, KEEPALIVED_REFUSED } from './keepalived-refusal.ts'
import { ensureSnapshot, type VmBootOptions } from './ready-snapshot.ts'
import { ensureTemplate, savedIn, saveMachine } from './template.ts'
import type { MachineShape } from './qemu-args.ts'
import { LatenessMeter } from './lateness-meter.ts'
import { hostFor, versionsOf, type NodeHost, type SavedMachine } from './vm-host.ts'
import { VmMachine } from './vm-machine.ts'

const PROVISION_TIMEOUT_MS = 90_000

/** The cluster as QEMU machines, one process each, their cables in one fabric. */
export class VmCluster implements EngineCluster {
  /** All that there is: whole machines, and the fabric between them. */
  static readonly capabilities: ReadonlySet<Capability> = new Set(CAPABILITIES)
  readonly name = 'vm'
  readonly capabilities = VmCluster.capabilities
  readonly topology: Topology
  readonly fabric: Fabric
  readonly network: FabricNetwork
  readonly machines: ReadonlyMap<string, VmMachine>
  readonly versions: ReadonlyMap<string, NodeVersions>
  readonly #scratch: string
  readonly #options: VmBootOptions
  readonly #meter: LatenessMeter

  private constructor(options: VmBootOptions, fabric: Fabric, machines: Map<string, VmMachine>, scratch: string) {
    this.topology = options.topology
    this.fabric = fabric
    this.network = new FabricNetwork(fabric)
    this.machines = machines
    this.versions = versionsOf(options.host, options.topology)
    this.#scratch = scratch
    this.#options = options
    this.#meter = new LatenessMeter(fabric.clock, () => [...machines.values()].map(({ name, pid }) => ({ name, pid })))
    fabric.wire.lateness = (since) => this.#meter.longestWait(since)
  }

  /**
   * Boots all machines and provisions them. On any failure everything is taken down again before it throws.
   *
   * @throws InfrastructureError as the machines and the fabric do
   */
  static async boot(options: VmBootOptions): Promise<VmCluster> {
    const snapshot = options.mode === 'snapshot' ? await ensureSnapshot(options, VmCluster.#bootForSaving) : undefined
    const cluster = await VmCluster.#wire(options)
    try {
      if (snapshot === undefined) await cluster.#fresh()
      else await cluster.#fromSnapshot(snapshot)
      return cluster
    } catch (error) {
      await cluster[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Builds what the cache lacks for booting a topology, so that no claim is charged with it. */
  static async prepare(options: Omit<VmBootOptions, 'mode'>): Promise<void> {
    await ensureSnapshot(options, VmCluster.#bootForSaving)
  }

  static async #wire(options: VmBootOptions): Promise<VmCluster> {
    const { topology, evidenceDir } = options
    const scratch = await scratchDir('vm')
    await mkdir(evidenceDir, { recursive: true })
    const fabric = await Fabric.start({
      socketDir: join(scratch, 'f'),
      captureDir: evidenceDir,
      networks: topology.networks,
      cables: topology.nodes.flatMap((node) =>
        node.interfaces.map((nic) => ({ id: cableOf(node, nic.name), network: nic.network, mac: nic.mac })),
      ),
    })
    const machines = new Map<string, VmMachine>()
    for (const [index, node] of topology.nodes.entries()) {
      machines.set(
        node.name,
        new VmMachine({
          name: node.name,
          host: hostFor(options.host, topology, node),
          memoryMiB: node.memoryMiB,
          nics: node.interfaces.map((nic) => ({ mac: nic.mac, socket: fabric.socketPath(cableOf(node, nic.name)) })),
          directory: join(scratch, String(index)),
          consolePath: join(evidenceDir, `${node.name}.console.log`),
          clock: fabric.clock,
        }),
      )
    }
    return new VmCluster(options, fabric, machines, scratch)
  }

  get clock(): ClusterClock {
    return this.fabric.clock
  }

  get wire(): Wire {
    return this.fabric.wire
  }

  get captures(): EngineCluster['captures'] {
    return this.fabric.captures
  }

  async lateness(since: ClusterTime, span: LatenessSpan = {}): Promise<ClusterLateness> {
    const { maxMs, p99Ms } = await this.fabric.lateness(since, span.until)
    return { fabricMaxMs: maxMs, fabricP99Ms: p99Ms, machineMs: await this.#meter.longestWait(since, span) }
  }

  portCounts(): Promise<ReadonlyMap<CableId, PortCounts>> {
    return this.fabric.portCounts()
  }

  casualties(): readonly InfrastructureError[] {
    return [...this.machines.values()].map((machine) => machine.casualty()).filter((error) => error !== undefined)
  }

  async unplug(cable: CableId): Promise<ClusterTime> {
    const at = await this.fabric.unplug(cable)
    await this.#setLink(cable, false)
    return at
  }

  async plug(cable: CableId): Promise<ClusterTime> {
    const at = await this.fabric.plug(cable)
    await this.#setLink(cable, true)
    return at
  }

  async reprovision(name: string): Promise<void> {
    const node = this.topology.nodes.find((candidate) => candidate.name === name)
    if (!node) throw new UsageError('LVSLAB_E_NODE_UNKNOWN', `${this.topology.name} has no node "${name}"`)
    // What setting up writes to the disk is there already, and there may be no room for it now.
    const onlyRunning = ['real-server'].filter((role) => node.roles.some((own) => own === role))
    const scripts = [...onlyRunning.map((role) => `${role}.sh`), 'node.sh start']
    await this.#provision(node, scripts.map((script) => `sh ${GUEST_SCRIPTS}/${script}`).join(' && '))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#meter.stop()
    await Promise.all([...this.machines.values()].map((machine) => machine.dispose()))
    await this.fabric[Symbol.asyncDispose]()
    await removeScratchDir(this.#scratch)
  }

  async startServices(): Promise<void> {
    for (const nodes of startOrder(this.topology)) {
      await Promise.all(nodes.map((node) => this.#provision(node, `sh ${GUEST_SCRIPTS}/node.sh start`)))
    }
  }

  async #fresh(memoryDir?: string): Promise<void> {
    const { host, mode, progress } = this.#options
    const scripts = await provisionScripts()
    const shapeOf = (node: NodeSpec): MachineShape => ({
      memoryMiB: node.memoryMiB,
      nicCount: node.interfaces.length,
    })
    const hostOf = (node: NodeSpec): NodeHost => hostFor(host, this.topology, node)
    const keyOf = (node: NodeSpec): string => {
      const { kernel, userland } = hostOf(node)
      return JSON.stringify([kernel.key, userland.key, shapeOf(node)])
    }
    const templates = new Map<string, SavedMachine>()
    for (const node of mode === 'cold' ? [] : this.topology.nodes) {
      const key = keyOf(node)
      if (!templates.has(key)) templates.set(key, await ensureTemplate(hostOf(node), shapeOf(node), progress))
    }
    await Promise.all(
      this.topology.nodes.map(async (node) => {
        const machine = this.#machine(node.name)
        const memory = memoryDir === undefined ? undefined : join(memoryDir, `${node.name}.memory`)
        if (mode === 'cold') {
          await machine.bootCold(memory)
        } else {
          await machine.cloneFrom(templates.get(keyOf(node))!, memory)
          await machine.resume()
        }
        const files = [...scripts, ...(await nodeFiles(this.topology, node, 'by-order'))]
        await this.#provision(node, `${UNPACK} && sh ${GUEST_SCRIPTS}/node.sh setup`, files)
      }),
    )
    if (this.#options.startServices !== false) await this.startServices()
  }

  async #fromSnapshot(directory: string): Promise<void> {
    const machines = [...this.machines.values()]
    await Promise.all(machines.map((machine) => machine.cloneFrom(savedIn(directory, `${machine.name}.`))))
    // All together, as their clocks stopped together.
    await Promise.all(machines.map((machine) => machine.resume()))
  }

  /** Stops all machines at one moment and saves them. */
  async save(directory: string): Promise<void> {
    const machines = [...this.machines.values()]
    await Promise.all(machines.map((machine) => machine.exec('sync')))
    await Promise.all(machines.map((machine) => machine.arm()))
    await Promise.all(machines.map((machine) => machine.freeze()))
    for (const machine of machines) await saveMachine(machine, directory, `${machine.name}.`, this.#scratch)
  }

  static async #bootForSaving(options: Omit<VmBootOptions, 'mode'>, directory: string): Promise<void> {
    const cluster = await VmCluster.#wire({ ...options, mode: 'template' })
    try {
      await cluster.#fresh(directory)
      await options.untilReady(cluster, options.progress)
      await cluster.save(directory)
    } finally {
      await cluster[Symbol.asyncDispose]()
    }
  }

  async #provision(node: NodeSpec, command: string, files: readonly GuestFile[] = []): Promise<void> {
    const input = files.length === 0 ? undefined : await guestArchive(files)
    await this.#run(this.#machine(node.name), command, input, 'provision it')
  }

  async #run(machine: VmMachine, command: string, input: Buffer | undefined, what: string): Promise<void> {
    const result = await machine.exec(command, {
      timeoutMs: PROVISION_TIMEOUT_MS,
      ...(input === undefined ? {} : { input }),
    })
    if (result.exitCode === 0) return
    if (result.exitCode === KEEPALIVED_REFUSED) throw keepalivedRefusal(this.topology, machine.name, result.stderr)
    const journal = await machine.exec('journalctl -n 12 --no-pager -o cat').catch(() => undefined)
    throw new InfrastructureError('LVSLAB_E_PROVISION', `${machine.name} could not be provisioned`, {
      tried: `${what}: ${command.split('&&').at(-1)?.trim() ?? command}`,
      seen: `${result.stderr}${result.stdout}`.slice(-1500) + `\n${journal?.stdout ?? ''}`,
      todo: 'check the configuration files of the topology; the journal above names the line',
    })
  }

  #machine(name: string): VmMachine {
    return this.machines.get(name)!
  }

  async #setLink(cable: CableId, up: boolean): Promise<void> {
    const [name = '', nicName] = cable.split(':')
    const node = this.topology.nodes.find((candidate) => candidate.name === name)
    const index = node?.interfaces.findIndex((nic) => nic.name === nicName) ?? -1
    if (index < 0) throw new UsageError('LVSLAB_E_CABLE_UNKNOWN', `there is no cable ${cable}`)
    const machine = this.#machine(name)
    if (machine.running) await machine.setLink(index, up)
  }
}

export function cableOf(node: NodeSpec, nic: string): CableId {
  return `${node.name}:${nic}`
}

const UNPACK = 'tar -x -f - -C / --no-same-owner'
