import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterClock, ClusterTime } from '../../clock.ts'
import { InfrastructureError, UsageError, type LvslabError } from '../../errors.ts'
import type { CableId, PortCounts, Wire } from '../../fabric/index.ts'
import type { NodeSpec, Topology } from '../../topology/index.ts'
import type { Capability } from '../capabilities.ts'
import type {
  ClusterLateness,
  EngineBoot,
  EngineCluster,
  LatenessSpan,
  NetworkControl,
  NodeVersions,
  WireSource,
} from '../engine.ts'
import { GUEST_SCRIPTS, nodeFiles, provisionScripts, startOrder } from '../provision.ts'
import { wake } from '../wake.ts'
import { guestArchive } from '../guest-archive.ts'
import { LatenessMeter } from '../vm/lateness-meter.ts'
import { ConsoleTail } from './console-tail.ts'
import { lackingNetwork } from './lacking-network.ts'
import { qemuOfDomain } from './qemu-of-domain.ts'
import { BLANK, hasSnapshot, readyName, saveAll } from './snapshots.ts'
import { TcpdumpWire } from './tcpdump-wire.ts'
import { refuse, VAGRANT_CAPABILITIES } from './vagrant-capabilities.ts'
import { vagrantState } from './vagrant-command.ts'
import { versionsOfBox, type VagrantHost } from './vagrant-host.ts'
import { VagrantMachine } from './vagrant-machine.ts'
import { watchedNodes } from './vantage.ts'

export interface VagrantBootOptions extends EngineBoot {
  readonly host: VagrantHost
}

const PROVISION_TIMEOUT_MS = 240_000
/** An emulated machine ends what ran on a connection within that, ms. */
const HANG_UP_MS = 1_500
/** Between two looks at whether the machines are still there, and at what their consoles say, ms. */
const LOOK_MS = 3_000

/**
 * The cluster as Vagrant's machines: the same ones for each claim, put back by libvirt's snapshots. There are two of them:
 * before anything was provisioned, and ready.
 */
export class VagrantCluster implements EngineCluster {
  static readonly capabilities = VAGRANT_CAPABILITIES
  readonly name = 'vagrant'
  readonly capabilities: ReadonlySet<Capability> = VAGRANT_CAPABILITIES
  readonly topology: Topology
  readonly versions: ReadonlyMap<string, NodeVersions>
  readonly machines: ReadonlyMap<string, VagrantMachine>
  readonly network: NetworkControl = lackingNetwork()
  readonly #options: Omit<VagrantBootOptions, 'mode'>
  readonly #wire: TcpdumpWire
  readonly #meter: LatenessMeter
  #casualties: readonly LvslabError[] = []
  #watch: NodeJS.Timeout | undefined
  readonly #consoles: readonly ConsoleTail[]
  /** Whether the machines are provisioned, and their NICs to be watched when they can be reached. */
  #seen = { provisioned: false }

  private constructor(
    options: Omit<VagrantBootOptions, 'mode'>,
    wire: TcpdumpWire,
    machines: ReadonlyMap<string, VagrantMachine>,
    pids: ReadonlyMap<string, () => number | undefined>,
    consoles: readonly ConsoleTail[],
  ) {
    this.#consoles = consoles
    this.topology = options.topology
    this.versions = versionsOfBox(options.host, options.topology)
    this.#options = options
    this.#wire = wire
    this.machines = machines
    this.#meter = new LatenessMeter(wire.clock, () => [...pids].map(([name, pid]) => ({ name, pid: pid() })))
    wire.wire.lateness = (since) => this.#meter.longestWait(since)
  }

  /** Puts the machines back and connects to them. On failure nothing stays open before it throws. */
  static async boot(options: VagrantBootOptions): Promise<VagrantCluster> {
    const { topology, mode } = options
    const name = await readyName(topology)
    const wantsReady = mode === 'snapshot' && options.startServices !== false
    // A variant of the topology, which one claim makes for itself, is provisioned anew and not saved.
    const isOwn = name === (await readyName(options.host.topology))
    if (!(await hasSnapshot(options.host, wantsReady && isOwn ? name : BLANK))) {
      await VagrantCluster.prepare({ ...options, topology: options.host.topology })
    }
    const cluster = await VagrantCluster.#wired(options)
    try {
      if (wantsReady && (await hasSnapshot(options.host, name))) {
        await cluster.#restore(name)
        await cluster.#watchWire()
      } else {
        await cluster.#restore(BLANK)
        await cluster.#provision()
        if (options.startServices !== false) await cluster.startServices()
      }
      return cluster
    } catch (error) {
      await cluster[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Makes the snapshots that are missing, so that no claim is charged with them. */
  static async prepare(options: Omit<VagrantBootOptions, 'mode'>): Promise<void> {
    const { progress, topology } = options
    const name = await readyName(topology)
    const cluster = await VagrantCluster.#wired(options)
    try {
      if (!(await hasSnapshot(options.host, BLANK))) {
        await cluster.#ensureRunning()
        await cluster.#connect()
        if (!options.host.fresh) await cluster.#makeBlank()
        progress('saving the machines as they were before they were provisioned')
        await cluster.#save(BLANK)
        await cluster.#connect()
      } else if (await hasSnapshot(options.host, name)) {
        return
      } else {
        await cluster.#restore(BLANK)
      }
      progress('provisioning the machines')
      await cluster.#provision()
      await cluster.startServices()
      progress('waiting until the cluster is ready')
      await options.untilReady(cluster, progress)
      progress('saving the ready cluster')
      await cluster.#save(name)
    } finally {
      await cluster[Symbol.asyncDispose]()
    }
  }

  /** Puts the machines back to the ready cluster, and leaves them running. */
  static async putBack(host: VagrantHost): Promise<void> {
    const name = await readyName(host.topology)
    if (!(await hasSnapshot(host, name))) return
    const domains = [...host.machines.values()].map(({ domain }) => domain)
    await Promise.all(domains.map((domain) => host.libvirt.restoreSnapshot(domain, name)))
    await Promise.all(domains.map((domain) => host.libvirt.resume(domain)))
  }

  static async #wired(options: Omit<VagrantBootOptions, 'mode'>): Promise<VagrantCluster> {
    const { host, topology, evidenceDir } = options
    if (host.topology.name !== topology.name) throw otherTopology(host.topology, topology)
    await mkdir(evidenceDir, { recursive: true })
    const wire = await TcpdumpWire.start(topology, evidenceDir)
    const machines = new Map<string, VagrantMachine>()
    const pids = new Map<string, () => number | undefined>()
    const consoles: ConsoleTail[] = []
    // Before a machine is provisioned its NICs have other names.
    const seen = { provisioned: false }
    for (const { name } of topology.nodes) {
      const found = host.machines.get(name)
      if (!found) throw otherTopology(host.topology, topology)
      const tail = await ConsoleTail.from(
        join(vagrantState(), `${name}.console`),
        join(evidenceDir, `${name}.console.log`),
      )
      consoles.push(tail)
      pids.set(name, qemuOfDomain(found.domain))
      machines.set(
        name,
        new VagrantMachine({
          ...{ name, domain: found.domain, target: found.target, libvirt: host.libvirt, clock: wire.clock },
          consolePath: tail.path,
          onConnected: async (node, ssh) => (seen.provisioned ? wire.watch(node, ssh) : undefined),
          onGone: (node) => wire.forget(node),
        }),
      )
    }
    const cluster = new VagrantCluster(options, wire, machines, pids, consoles)
    cluster.#seen = seen
    return cluster
  }

  get clock(): ClusterClock {
    return this.#wire.clock
  }

  get wire(): Wire {
    return this.#wire.wire
  }

  get captures(): EngineCluster['captures'] {
    return this.#wire.captures
  }

  get wireSource(): WireSource {
    return {
      source: 'tcpdump',
      machines: watchedNodes(this.topology).map(({ name }) => name),
      precisionMs: Math.round(this.#wire.worstPrecisionMs * 100) / 100,
    }
  }

  /**
   * What an event's time may be wrong by: how unsure the clocks are, and how long a machine that stamps frames was not let
   * to run, as it stamps a frame only then. The 99th percentile has the first alone.
   */
  async lateness(since: ClusterTime, span: LatenessSpan = {}): Promise<ClusterLateness> {
    const clocksMs = this.#wire.precisionMs
    const machines = watchedNodes(this.topology).map(({ name }) => name)
    const stampLateMs = await this.#meter.longestStretch(since, { ...span, machines })
    const machineMs = await this.#meter.longestWait(since, span)
    return { fabricMaxMs: clocksMs + stampLateMs, fabricP99Ms: clocksMs, machineMs }
  }

  portCounts(): Promise<ReadonlyMap<CableId, PortCounts>> {
    return refuse(['port-counts'], 'count frames by port')
  }

  casualties(): readonly LvslabError[] {
    return this.#casualties
  }

  unplug(cable: CableId): Promise<ClusterTime> {
    return this.#setLink(cable, false)
  }

  plug(cable: CableId): Promise<ClusterTime> {
    return this.#setLink(cable, true)
  }

  async reprovision(name: string): Promise<void> {
    const node = this.topology.nodes.find((candidate) => candidate.name === name)
    if (!node) throw new UsageError('LVSLAB_E_NODE_UNKNOWN', `${this.topology.name} has no node "${name}"`)
    const role = node.roles.includes('real-server') ? `sh ${GUEST_SCRIPTS}/real-server.sh && ` : ''
    await this.#run(node, `${role}sh ${GUEST_SCRIPTS}/node.sh start`)
  }

  async startServices(): Promise<void> {
    for (const nodes of startOrder(this.topology)) {
      await Promise.all(nodes.map((node) => this.#run(node, `sh ${GUEST_SCRIPTS}/node.sh start`)))
    }
  }

  /** Ends the connections. The machines stay: they are Vagrant's. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch)
    this.#meter.stop()
    for (const machine of this.machines.values()) machine.dispose()
    await this.#wire.close()
    await this.#copyConsoles()
  }

  /** What a claim of a machine that went down is told with, looked at now and then. */
  #beginWatch(): void {
    const look = async (): Promise<void> => {
      const found = await Promise.all([...this.machines.values()].map((machine) => machine.casualty()))
      this.#casualties = found.filter((one) => one !== undefined)
      await this.#copyConsoles()
    }
    this.#watch ??= setInterval(() => void look().catch(() => undefined), LOOK_MS)
    this.#watch.unref()
  }

  async #provision(): Promise<void> {
    const scripts = await provisionScripts()
    await Promise.all(
      this.topology.nodes.map(async (node) => {
        const input = await guestArchive([...scripts, ...(await nodeFiles(this.topology, node, 'by-mac'))])
        await this.#run(node, `tar -x -f - -C / --no-same-owner && sh ${GUEST_SCRIPTS}/node.sh setup`, input)
      }),
    )
    await this.#watchWire()
  }

  async #run(node: NodeSpec, command: string, input?: Buffer): Promise<void> {
    const machine = this.machines.get(node.name)!
    const result = await machine.exec(command, {
      timeoutMs: PROVISION_TIMEOUT_MS,
      ...(input === undefined ? {} : { input }),
    })
    if (result.exitCode === 0) return
    throw new InfrastructureError('LVSLAB_E_PROVISION', `${node.name} could not be provisioned`, {
      tried: command.split('&&').at(-1)?.trim() ?? command,
      seen: `${result.stderr}${result.stdout}`.slice(-1500),
      todo: 'check the configuration files of the topology',
    })
  }

  /** Stops all machines at one moment and saves them. */
  async #save(snapshot: string): Promise<void> {
    const machines = [...this.machines.values()]
    await Promise.all(machines.map((machine) => machine.exec('sync')))
    // Nobody is to wake up in the copy who talks to a host of long ago: sessions end before.
    for (const machine of machines) machine.hangUp()
    await pause(HANG_UP_MS)
    await Promise.all(machines.map((machine) => machine.freeze()))
    await saveAll(this.#options.host, machines, snapshot)
    await Promise.all(machines.map((machine) => machine.thaw()))
  }

  async #ensureRunning(): Promise<void> {
    const { libvirt } = this.#options.host
    for (const { domain } of this.machines.values()) {
      const state = await libvirt.state(domain)
      if (state === 'paused') await libvirt.resume(domain)
      else if (state !== 'running') await libvirt.start(domain)
    }
  }

  /** All together, as their clocks stopped together. */
  async #restore(snapshot: string): Promise<void> {
    const { libvirt } = this.#options.host
    const machines = [...this.machines.values()]
    const linked = this.topology.nodes.flatMap(({ name, interfaces }) =>
      interfaces.map(({ mac }) => ({ domain: this.machines.get(name)!.domain, mac })),
    )
    await Promise.all(machines.map(({ domain }) => libvirt.restoreSnapshot(domain, snapshot)))
    // A cable that was pulled belongs to libvirt's side of the machine, which no snapshot puts back.
    await Promise.all(linked.map(({ domain, mac }) => libvirt.setLink(domain, mac, true)))
    await Promise.all(machines.map(({ domain }) => libvirt.resume(domain)))
    await this.#connect()
    await Promise.all(machines.map((machine) => machine.exec(wake())))
    this.#beginWatch()
  }

  async #connect(): Promise<void> {
    await Promise.all([...this.machines.values()].map((machine) => machine.connect()))
  }

  /** From here on all that the machines' NICs carry is seen. */
  async #watchWire(): Promise<void> {
    this.#seen.provisioned = true
    await Promise.all([...this.machines.values()].map((machine) => machine.announce()))
  }

  async #copyConsoles(): Promise<void> {
    await Promise.all(this.#consoles.map((tail) => tail.copy().catch(() => undefined)))
  }

  /** Of machines that "vagrant up" has provisioned: what it put on their disks goes, and a boot takes the rest. */
  async #makeBlank(): Promise<void> {
    const { progress } = this.#options
    progress('these machines were provisioned by "vagrant up": booting them without that, once')
    await Promise.all(
      [...this.machines.values()].map(async (machine) => {
        const node = this.topology.nodes.find(({ name }) => name === machine.name)!
        const wanted = '/etc/systemd/system/multi-user.target.wants'
        const units = node.services.map((service) => `${wanted}/${service}.service`)
        const files = [...units, ...node.files.map(({ guestPath }) => guestPath), '/etc/lvslab/network']
        const sysctls = '/etc/sysctl.d/60-lvslab-*.conf /etc/modules-load.d/lvslab-*.conf'
        await machine.exec(`rm -f ${files.map((file) => `'${file}'`).join(' ')} ${sysctls}`)
        await machine.reboot()
      }),
    )
  }

  async #setLink(cable: CableId, up: boolean): Promise<ClusterTime> {
    const [name = '', nicName] = cable.split(':')
    const node = this.topology.nodes.find((candidate) => candidate.name === name)
    const nic = node?.interfaces.find((one) => one.name === nicName)
    if (!node || !nic) throw new UsageError('LVSLAB_E_CABLE_UNKNOWN', `there is no cable ${cable}`)
    await this.#options.host.libvirt.setLink(this.machines.get(name)!.domain, nic.mac, up)
    const at = this.clock.now()
    this.#wire.append({ type: 'cable', at, network: nic.network, cable, change: up ? 'plugged' : 'unplugged' })
    return at
  }
}

function otherTopology(has: Topology, wanted: Topology): UsageError {
  return new UsageError('LVSLAB_E_VAGRANT_TOPOLOGY', `Vagrant's machines are those of ${has.name}`, {
    tried: `boot ${wanted.name} on them`,
    todo: 'run the claims of one topology at a time with --engine vagrant',
  })
}
