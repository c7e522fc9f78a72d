import { mkdir, rm } from 'node:fs/promises'
import type { ClusterClock, ClusterTime } from '../clock.ts'
import { checkNames, noSuchCable, planCaptures, planSockets, type FabricOptions } from './fabric-options.ts'
import { checkGroups, checkNetwork } from './fabric-networks.ts'
import type { FabricStats, Lateness, PortCounts } from './fabric-stats.ts'
import { FabricThread } from './fabric-thread.ts'
import type { ImpairmentId, ImpairmentOrder, ImpairmentSpec } from './impairment.ts'
import { checkImpairment } from './impairment-options.ts'
import { MonotonicClock } from './monotonic-clock.ts'
import type { BlockId, BlockRule, CableId, Capture, NetworkKind, PartitionId } from './types.ts'
import { checkStranger, type StrangerId, type StrangerSpec } from './stranger-spec.ts'
import type { Admission } from './thread-protocol.ts'
import { Wire } from './wire.ts'

/**
 * A cluster's layer-2 networks in user space, in a thread of their own: each cable is a unix socket that a QEMU
 * connects to with `-netdev stream,server=off,addr.type=unix,addr.path=<socketPath>`, each network a learning switch or
 * a hub. Needs no privileges and touches no interface of the host. Every frame of the cluster passes here, under one
 * clock: {@link Fabric.wire} tells what was seen and when.
 *
 * All methods reject with an InfrastructureError, code `LVSLAB_E_FABRIC_CRASHED`, once the thread has died, and
 * `LVSLAB_E_FABRIC_CLOSED` once the fabric was disposed of.
 */
export class Fabric implements AsyncDisposable {
  /** Monotonic, zero (to a millisecond) when the fabric was started. */
  readonly clock: ClusterClock
  /** What was seen on the wire. */
  readonly wire: Wire
  readonly captures: readonly Capture[]
  readonly #thread: FabricThread
  readonly #options: FabricOptions
  readonly #socketPaths: ReadonlyMap<CableId, string>
  #disposed: Promise<void> | undefined

  private constructor(
    options: FabricOptions,
    clock: ClusterClock,
    wire: Wire,
    thread: FabricThread,
    captures: readonly Capture[],
    socketPaths: ReadonlyMap<CableId, string>,
  ) {
    this.#options = options
    this.clock = clock
    this.wire = wire
    this.#thread = thread
    this.captures = captures
    this.#socketPaths = socketPaths
  }

  /**
   * Starts the thread; when this resolves, every socket accepts connections.
   * @throws {UsageError} if the networks and cables do not fit together, or a socket's path would be too long
   * @throws {InfrastructureError} LVSLAB_E_FABRIC_START if a socket or a capture could not be opened
   */
  static async start(options: FabricOptions): Promise<Fabric> {
    const { socketDir, captureDir, networks, cables } = options
    checkNames(options)
    const socketPaths = planSockets(options)
    const captures = planCaptures(options)
    await mkdir(socketDir, { recursive: true })
    await removeAll(socketPaths.values())
    if (captureDir !== undefined) await mkdir(captureDir, { recursive: true })

    const clock = MonotonicClock.startNow()
    const wire: Wire = new Wire(clock, async () => void (await thread.ask('sync', {})))
    const observer = { onEvents: wire.append.bind(wire), onEnd: wire.end.bind(wire) }
    const paths = new Map(captures.map(({ network, path }) => [network, path]))
    const setup = {
      zero: clock.zero,
      networks: networks.map((network) => ({ ...network, capturePath: paths.get(network.name) })),
      cables: cables.map((cable) => ({ ...cable, socketPath: socketPaths.get(cable.id)! })),
    }
    const thread = await FabricThread.start(setup, observer)
    return new Fabric(options, clock, wire, thread, captures, socketPaths)
  }

  /** The kernel's number of the thread that forwards and stamps: how long it waited for a processor is known by it. */
  get threadId(): number | undefined {
    return this.#thread.threadId
  }

  /** Where the machine at this cable's end connects to. */
  socketPath(cable: CableId): string {
    const path = this.#socketPaths.get(cable)
    if (path === undefined) throw noSuchCable(cable, this.#socketPaths)
    return path
  }

  /**
   * Drops all frames of a cable, both ways, from the moment that is answered on. Frames that were handed to the
   * machine's socket before may still arrive, as those in flight on a real cable would; what an impairment holds on the
   * cable is dropped with it. The carrier inside the guest is QEMU's business (QMP `set_link`).
   */
  async unplug(cable: CableId): Promise<ClusterTime> {
    this.socketPath(cable)
    return this.#thread.ask('unplug', { cable })
  }

  /** Undoes {@link Fabric.unplug}. Both do nothing to a cable that is as it should be already. */
  async plug(cable: CableId): Promise<ClusterTime> {
    this.socketPath(cable)
    return this.#thread.ask('plug', { cable })
  }

  /** Drops the frames that a rule names until it is taken back with {@link Fabric.unblock}. */
  async block(rule: BlockRule): Promise<{ at: ClusterTime; id: BlockId }> {
    for (const cable of [rule.fromCable, rule.toCable]) if (cable !== undefined) this.socketPath(cable)
    return this.#thread.ask('block', { rule })
  }

  /** Takes a rule back; does nothing if that was done already. */
  async unblock(id: BlockId): Promise<ClusterTime> {
    return this.#thread.ask('unblock', { id })
  }

  /**
   * Does to the frames of a cable what {@link ImpairmentSpec} says, until it is taken back with
   * {@link Fabric.unimpair}: to those that come to the cable from the moment that is answered on. Times are kept to some
   * 10 µs where the thread is not late; while it holds frames that are nearly due, the thread takes processor time.
   * @throws {UsageError} LVSLAB_E_IMPAIRMENT if the spec cannot be
   */
  async impair(
    cable: CableId,
    direction: ImpairmentOrder['direction'],
    spec: ImpairmentSpec,
  ): Promise<{ at: ClusterTime; id: ImpairmentId }> {
    this.socketPath(cable)
    checkImpairment(spec)
    return this.#thread.ask('impair', { cable, direction, spec })
  }

  /** Takes an impairment back: what it holds goes on at once. Does nothing if that was done already. */
  async unimpair(id: ImpairmentId): Promise<ClusterTime> {
    return this.#thread.ask('unimpair', { id })
  }

  /**
   * Makes several networks of one: no frame crosses from one group of its cables to another, until it is taken back with
   * {@link Fabric.unpartition}. Cables that no group has are one more group. Each part has a learning table of its own,
   * empty at first, and its frames were on the wire. Of several partitions at once, each separates.
   * @throws {UsageError} LVSLAB_E_FABRIC_GROUPS if the groups separate nothing, or are not groups of this network's cables
   */
  async partition(
    network: string,
    groups: readonly (readonly CableId[])[],
  ): Promise<{ at: ClusterTime; id: PartitionId }> {
    checkGroups(this.#options, network, groups)
    return this.#thread.ask('partition', { network, groups })
  }

  /** Takes a partition back; the learning tables are empty then. Does nothing if that was done already. */
  async unpartition(id: PartitionId): Promise<ClusterTime> {
    return this.#thread.ask('unpartition', { id })
  }

  /** Makes a network a hub, or a switch, whose table is empty then; answers what it was before. */
  async setKind(network: string, kind: NetworkKind): Promise<{ at: ClusterTime; previous: NetworkKind }> {
    checkNetwork(this.#options, network)
    return this.#thread.ask('setKind', { network, kind })
  }

  /** Makes a switch forget which MAC address is behind which cable: it floods until each has spoken again. */
  async flushMacs(network: string): Promise<ClusterTime> {
    checkNetwork(this.#options, network)
    return this.#thread.ask('flushMacs', { network })
  }

  /**
   * Puts a frame on the wire as if the machine at the cable's end had sent it: impairments of the cable apply, the switch
   * learns from it, rules and a pulled plug stop it, and the capture has it with a comment. For tests of the harness.
   * @param frame - from the destination address on, without FCS
   */
  async inject(cable: CableId, frame: Uint8Array): Promise<ClusterTime> {
    this.socketPath(cable)
    return this.#thread.ask('inject', { cable, frame })
  }

  /**
   * Plugs a machine that the fabric itself plays into a network, on a cable of its own: it claims an address that is
   * somebody else's by gratuitous ARP, and swallows what it is sent. The wire and the capture have its frames as anybody's.
   * @throws {UsageError} LVSLAB_E_STRANGER if the spec cannot be, LVSLAB_E_FABRIC_NO_NETWORK
   */
  async admit(network: string, spec: StrangerSpec): Promise<Admission> {
    checkNetwork(this.#options, network)
    return this.#thread.ask('admit', { network, spec: checkStranger(spec) })
  }

  /** Pulls a stranger's cable out for good; what others learnt from it they keep. Does nothing the second time. */
  async dismiss(id: StrangerId): Promise<ClusterTime> {
    return this.#thread.ask('dismiss', { id })
  }

  async stats(): Promise<FabricStats> {
    return this.#thread.ask('stats', {})
  }

  /**
   * Frames by cable, all counted at one moment. On a hub, what was delivered to a cable between two readings is what all
   * others sent; on a switch it is less, as soon as one machine has spoken to another. That holds for machines that were
   * connected and plugged all the while, on cables without impairments and networks without partitions, and as long as
   * {@link FabricStats.drops} did not grow.
   */
  async portCounts(): Promise<ReadonlyMap<CableId, PortCounts>> {
    return this.#thread.ask('portCounts', {})
  }

  /**
   * How late the fabric's thread got to run: the error bar of its times. An idle machine shows up to about 1.2 ms,
   * which is the resolution of the timer that it is measured with. The samples of about 22 minutes are kept.
   * @param until - lateness that began after it does not count
   */
  async lateness(since?: ClusterTime, until?: ClusterTime): Promise<Lateness> {
    return this.#thread.ask('lateness', { since, until })
  }

  /**
   * All events until now are in {@link Fabric.wire}, and all captured frames on disk.
   * @throws {InfrastructureError} LVSLAB_E_FABRIC_CAPTURE if a capture could not be written
   */
  async flush(): Promise<void> {
    await this.#thread.ask('flush', {})
  }

  /** Makes the thread throw, to test what depends on it. Rejects, as everything does from then on. */
  async crash(): Promise<void> {
    await this.#thread.ask('crash', {})
  }

  /**
   * Removes the sockets, closes the captures and ends the thread, each in any case; {@link Fabric.wire}
   * can be asked as before. Does nothing the second time, nor after a crash.
   * @throws {InfrastructureError} LVSLAB_E_FABRIC_CAPTURE if a capture could not be written
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#close()
    return this.#disposed
  }

  async #close(): Promise<void> {
    try {
      await this.#thread.close()
    } finally {
      await removeAll(this.#socketPaths.values())
    }
  }
}

async function removeAll(paths: Iterable<string>): Promise<void> {
  await Promise.all([...paths].map((path) => rm(path, { force: true })))
}
