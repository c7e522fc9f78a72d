import type { ClusterTime } from '../../../../src/clock.ts'
import { Node, type Cluster } from '../../../../src/cluster/index.ts'
import { CAPABILITIES, type Capability } from '../../../../src/engine/capabilities.ts'
import type { ExecResult, Machine, Standstill } from '../../../../src/engine/engine.ts'
import type { NodeSpec, Role } from '../../../../src/topology/index.ts'

const NONE = { loopback: [], tunnel: [], mounts: [], scripts: [] }

type Answer = string | Partial<ExecResult> | undefined

/** Answers commands by what they contain; everything else succeeds and prints nothing. */
export class FakeMachine {
  readonly name: string
  running = true
  standstill: Standstill | undefined
  /** Commands in order, on one line each, and what was done to the machine in brackets. */
  readonly done: string[] = []
  /** The first that knows a command answers it. */
  readonly rules: ((command: string) => Answer)[] = []
  /** Of the units that it has. */
  readonly units = new Map<string, 'active' | 'inactive'>()
  now = 0

  constructor(name: string) {
    this.name = name
  }

  async exec(command: string): Promise<ExecResult> {
    if (!this.running || this.standstill !== undefined) throw new Error(`${this.name} was asked: ${command}`)
    const line = command.trim().replace(/\s+/g, ' ')
    this.done.push(line)
    this.now += 10
    const answer = this.rules.map((rule) => rule(line)).find((one) => one !== undefined) ?? this.#systemctl(line)
    const result = typeof answer === 'string' ? { stdout: answer } : answer
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 10, ...result }
  }

  async powerCut() {
    return this.#be('powerCut', false, undefined)
  }
  async powerOn() {
    this.#be('powerOn', true, undefined)
  }
  async reset() {
    return this.#be('reset', true, 'booting')
  }
  async untilUp() {
    this.#be('untilUp', true, undefined)
  }
  async panic() {
    return this.#be('panic', true, 'panicked')
  }
  async freeze() {
    return this.#be('freeze', true, 'frozen')
  }
  async thaw() {
    return this.#be('thaw', true, undefined)
  }

  /** What was done since this was asked last. */
  take(): string[] {
    return this.done.splice(0)
  }

  #be(what: string, running: boolean, standstill: Standstill | undefined): ClusterTime {
    this.done.push(`[${what}]`)
    this.running = running
    this.standstill = standstill
    return this.now as ClusterTime
  }

  #systemctl(line: string): Answer {
    const [, verb, unit = ''] = /^systemctl (start|stop|restart|reload) (\S+)$/.exec(line) ?? []
    if (verb === 'start' || verb === 'stop') this.units.set(unit, verb === 'start' ? 'active' : 'inactive')
    const [, shown = ''] = /^systemctl show .* -- (.*)$/.exec(line) ?? []
    if (shown === '') return undefined
    const state = this.units.get(shown)
    return `LoadState=${state ? 'loaded' : 'not-found'}\nActiveState=${state ?? 'inactive'}\n`
  }
}

export interface FakeNode {
  readonly roles: readonly Role[]
  readonly services?: readonly string[]
}

/** A cluster of machines that only note what is done to them; the first director has the VIP. */
export function fakeCluster(
  nodes: Readonly<Record<string, FakeNode>>,
  capabilities: readonly Capability[] = CAPABILITIES,
) {
  const machines = new Map(Object.keys(nodes).map((name) => [name, new FakeMachine(name)]))
  const all = Object.entries(nodes).map(([name, { roles, services = [] }]) => {
    const spec = {
      name,
      roles,
      services,
      interfaces: [{ name: 'eth1', network: 'lan' }],
      ...NONE,
    } as unknown as NodeSpec
    const machine = machines.get(name)!
    for (const unit of services) machine.units.set(unit, 'active')
    return new Node(spec, machine as unknown as Machine)
  })
  const network: unknown[][] = []
  const note = (...call: unknown[]): ClusterTime => {
    network.push(call)
    return 5 as ClusterTime
  }
  const withRole = (role: Role) => all.filter((node) => node.is(role))
  const directors = withRole('director')
  const cluster = {
    engine: {
      name: 'fake',
      capabilities: new Set(capabilities),
      network: {
        admit: async (...call: unknown[]) => ({
          ...{ at: note('admit', ...call), cable: 'stranger-1:eth0' },
          undo: async () => note('dismiss'),
        }),
      },
      reprovision: async (name: string) => void machines.get(name)!.done.push('[reprovision]'),
    },
    clock: { now: () => Math.max(...[...machines.values()].map(({ now }) => now)) as ClusterTime },
    topology: {
      name: 'fake',
      networks: [{ name: 'lan' }, { name: 'back' }],
      nodes: all.map(({ spec }) => spec),
      vips: [{ address: '10.0.0.100', network: 'lan' }],
      virtualServices: [{ address: '10.0.0.100', port: 80 }],
    },
    nodes: all,
    service: { address: '10.0.0.100', port: 80 },
    vip: { owner: async () => directors[0], others: async () => directors.slice(1) },
    node: (name: string) => all.find((node) => node.name === name),
    withRole,
    the: (role: Role) => withRole(role)[0],
    unplug: async (cable: string) => note('unplug', cable),
    plug: async (cable: string) => note('plug', cable),
  } as unknown as Cluster
  return {
    cluster,
    network,
    node: (name: string) => cluster.node(name),
    machine: (name: string) => machines.get(name)!,
  }
}
