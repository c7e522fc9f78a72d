import { rm, rmdir } from 'node:fs/promises'
import { Lab, standstillWords, withNamed, type Cluster } from '../../cluster/index.ts'
import { InfrastructureError } from '../../errors.ts'
import { FAULT_KINDS, faultKind, whyImpossible } from '../../fault/index.ts'
import { runtimeDir } from '../../host/paths.ts'
import { reaper } from '../../host/reaper.ts'
import { ControlServer, type Caller, type Handlers } from '../control/server.ts'
import type { Params, Result } from '../control/protocol.ts'
import type { Status } from '../control/status-schema.ts'
import { FaultBook, type ActiveFault } from './fault-book.ts'
import { guestCommand, TIMED_OUT } from './guest-command.ts'
import type { Launch } from './launch.ts'
import { observeNodes, statusOf, type StatusHead } from './observe.ts'
import { resolveNode } from './resolve-node.ts'
import { claimName, controlSocket, stateFolder, type ClusterState } from './state.ts'
import { Terminals } from './terminals.ts'
import { whatToWatch } from './what-to-watch.ts'

/** Holds one cluster, and does for other processes what they ask of it. */
export class Supervisor {
  readonly #launch: Launch
  readonly #state: ClusterState
  readonly #faults = new FaultBook()
  readonly #terminals = new Terminals()
  #cluster: Cluster | undefined
  #host: StatusHead['host'] | undefined
  #server: ControlServer | undefined
  #down: Promise<void> | undefined
  /** Called when everything is down because somebody asked for it. */
  onDown: (() => void) | undefined

  private constructor(launch: Launch, state: ClusterState) {
    this.#launch = launch
    this.#state = state
  }

  /**
   * Takes the name and answers requests from then on; the cluster itself comes up with {@link boot}.
   *
   * @throws UsageError `LVSLAB_E_NAME_TAKEN`
   */
  static async open(launch: Launch): Promise<Supervisor> {
    const { name, topology, evidence } = launch
    const state = await claimName({ name, topology, evidence, startedAt: new Date().toISOString() })
    reaper().keepWatchOver({ directory: stateFolder(name) })
    const supervisor = new Supervisor(launch, state)
    supervisor.#server = await ControlServer.listen(controlSocket(name), supervisor.#handlers())
    return supervisor
  }

  /**
   * Holds a cluster that is up already: one that a claim leaves behind for a person to look into.
   *
   * @throws UsageError `LVSLAB_E_NAME_TAKEN`
   */
  static async hold(cluster: Cluster, name: string, evidence: string, host: Lab['host']): Promise<Supervisor> {
    const { name: topology, folder } = cluster.topology
    const supervisor = await Supervisor.open({ name, topology, folder, evidence, cold: false })
    supervisor.#host = hostOf(host)
    supervisor.#cluster = cluster
    return supervisor
  }

  async boot(progress: (line: string) => void): Promise<Status> {
    const { kernel, keepalived, engine, folder, evidence, cold, topology } = this.#launch
    progress('looking for kernel, userland and QEMU')
    const lab = await Lab.open({ engine, kernel, keepalived, topology: folder, progress })
    this.#host = hostOf(lab.host)
    progress(`booting ${topology}`)
    const cluster = await lab.boot(folder, { mode: cold ? 'cold' : 'snapshot', evidenceDir: evidence })
    // Somebody said down meanwhile, and found no cluster to take down.
    if (this.#down) await cluster[Symbol.asyncDispose]()
    this.#cluster = cluster
    return this.#status()
  }

  /** Takes everything down, the name last. */
  down(): Promise<void> {
    this.#down ??= this.#takeDown()
    return this.#down
  }

  async #takeDown(): Promise<void> {
    try {
      await this.#cluster?.[Symbol.asyncDispose]()
    } finally {
      const directory = stateFolder(this.#launch.name)
      await rm(directory, { recursive: true, force: true })
      reaper().forget({ directory })
      // The last one turns off the light; while others are up the folder is not empty.
      await rmdir(runtimeDir()).catch(() => undefined)
    }
  }

  #handlers(): Handlers {
    return {
      status: () => this.#status(),
      exec: (params) => this.#exec(params),
      terminal: (params, caller) => this.#terminal(params, caller),
      resize: async ({ terminal, rows, columns }) => {
        await this.#terminals.resize(terminal, rows, columns)
        return {}
      },
      close: async ({ terminal }) => {
        const exitCode = await this.#terminals.close(terminal)
        return exitCode === undefined ? {} : { exitCode }
      },
      kinds: () => Promise.resolve(this.#kinds()),
      fault: (params, caller) => this.#fault(params, caller),
      heal: (params, caller) => this.#heal(params, caller),
      down: async () => {
        await this.down()
        // The answer goes out first.
        setImmediate(() => {
          this.#server?.close()
          this.onDown?.()
        })
        return {}
      },
    }
  }

  async #status(): Promise<Status> {
    const cluster = this.#clusterOrThrow()
    const { name, pid, startedAt, evidence } = this.#state
    const observed = await observeNodes(cluster, this.#faults.frozen)
    const boot = { mode: cluster.boot.mode, ms: Math.round(cluster.boot.ms) }
    return statusOf({ name, pid, startedAt, boot, host: this.#host!, evidence }, cluster, observed, this.#faults.active)
  }

  async #exec({ node: who, command, timeoutMs, stdin }: Params<'exec'>): Promise<Result<'exec'>> {
    const node = await this.#node(who)
    const { exitCode, stdout, stderr, durationMs } = await node.machine.exec(guestCommand(command, timeoutMs), {
      // What cannot be ended from inside is given up from outside.
      timeoutMs: timeoutMs + 5_000,
      ...(stdin === undefined ? {} : { input: Buffer.from(stdin, 'base64') }),
    })
    const timedOut = exitCode === TIMED_OUT && durationMs >= timeoutMs
    return { node: node.name, exitCode, stdout, stderr, timedOut }
  }

  async #terminal({ node: who, ...size }: Params<'terminal'>, { gone }: Caller): Promise<Result<'terminal'>> {
    const node = await this.#node(who)
    const { id, socketPath } = await this.#terminals.open(node, size, gone)
    return { terminal: id, node: node.name, socketPath }
  }

  #kinds(): Result<'kinds'> {
    const cluster = this.#clusterOrThrow()
    return {
      kinds: FAULT_KINDS.map((kind) => {
        const impossible = whyImpossible(kind, cluster)
        return { name: kind.name, ...(impossible === undefined ? {} : { impossible }) }
      }),
    }
  }

  async #fault({ kind, target }: Params<'fault'>, { notice }: Caller): Promise<Result<'fault'>> {
    const cluster = this.#clusterOrThrow()
    const [who = '', ...detail] = target.split(':')
    const find = (name: string): ReturnType<typeof resolveNode> =>
      resolveNode(cluster, name, this.#faults.frozen, notice)
    const struck = faultKind(kind).on === 'network' ? who : (await find(who)).name
    const owners = new Map(cluster.vips.map((vip) => [vip, vip.ownerByWire()]))
    const active = await this.#faults.strike(cluster, kind, [struck, ...detail].join(':'), find)
    const { id, fault } = active
    return {
      id,
      kind,
      target: fault.target,
      at: new Date(cluster.clock.epochMs + fault.at).toISOString(),
      uncertaintyMs: fault.uncertaintyMs,
      watch: whatToWatch(cluster, this.#launch.name, active, (vip) => owners.get(vip)),
    }
  }

  async #heal({ id }: Params<'heal'>, { notice }: Caller): Promise<Result<'heal'>> {
    const cluster = this.#clusterOrThrow()
    const healed = await this.#faults.heal(id, (each) =>
      notice(`healing ${each.id}: ${each.kind} ${each.fault.target}`),
    )
    const now = cluster.clock.now()
    return {
      healed: healed.map((each) => ({
        id: each.id,
        kind: each.kind,
        target: each.fault.target,
        afterMs: Math.round(now - each.fault.at),
        ...remainsOf(cluster, each),
      })),
    }
  }

  /**
   * A node that can do something. One that stands still could not answer, and waiting for it would lose its agent.
   *
   * @throws InfrastructureError `LVSLAB_E_NODE_FROZEN`, `LVSLAB_E_NODE_OFF`
   */
  async #node(who: string): ReturnType<typeof resolveNode> {
    const { frozen, active } = this.#faults
    const node = await resolveNode(this.#clusterOrThrow(), who, frozen)
    const faults = active.filter((fault) => fault.node === node.name).map(({ id, kind }) => `${id}: ${kind}`)
    const detail = { seen: faults.join('\n') || 'nobody asked for that', todo: 'npx lvslab heal' }
    if (!node.running) throw new InfrastructureError('LVSLAB_E_NODE_OFF', `${node.name} is off`, detail)
    if (node.standstill === 'panicked' || node.standstill === 'booting') {
      throw new InfrastructureError(
        'LVSLAB_E_NODE_SILENT',
        `${node.name} cannot answer: it ${standstillWords(node.standstill)}`,
        detail,
      )
    }
    if (frozen.has(node.name)) throw new InfrastructureError('LVSLAB_E_NODE_FROZEN', `${node.name} is frozen`, detail)
    return node
  }

  #clusterOrThrow(): Cluster {
    if (this.#cluster && !this.#down) return this.#cluster
    const how = this.#down ? 'being taken down' : 'still coming up'
    throw new InfrastructureError('LVSLAB_E_NOT_UP', `${this.#launch.name} is ${how}`, {
      todo: this.#down ? 'start it again: npx lvslab up' : 'wait until its "lvslab up" says that it is ready',
    })
  }
}

/** What a heal has left, and what it could only put off. */
function remainsOf(cluster: Cluster, { node: name, fault, kind }: ActiveFault): { remains?: string } {
  const node = name === undefined || faultKind(kind).on !== 'machine' ? undefined : cluster.node(name)
  const silent =
    node === undefined ? undefined : node.running ? node.standstill && standstillWords(node.standstill) : 'is off'
  const later = silent && `${name} ${silent}: what is to be mended inside it is mended when it answers again`
  const remains = [fault.remains, later].filter((part) => part !== undefined).join('; ')
  return remains === '' ? {} : { remains }
}

function hostOf(host: Lab['host']): StatusHead['host'] {
  const { acceleration, kernel, userland, namedKernels, namedUserlands } = host
  return {
    acceleration: acceleration.kind,
    ...(acceleration.reason === undefined ? {} : { reason: acceleration.reason }),
    kernel: withNamed(kernel, namedKernels, ({ release }) => release),
    keepalived: withNamed(userland, namedUserlands, (one) => one.keepalived),
  }
}
