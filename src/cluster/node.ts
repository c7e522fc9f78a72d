import { InfrastructureError } from '../errors.ts'
import type { ExecOptions, ExecResult, Machine, Standstill } from '../engine/engine.ts'
import type { CableId } from '../fabric/index.ts'
import { withoutPrefix, type NodeSpec, type Role } from '../topology/index.ts'
import { isDisturbing, noted } from './doings.ts'
import { Service } from './service.ts'

/** What the engine can do to a machine that whatever runs on it notices. */
const STRIKES: ReadonlySet<string> = new Set(['powerCut', 'powerOn', 'reboot', 'reset', 'panic', 'freeze', 'thaw'])

/** A node of a cluster: its machine, and what the topology says of it. */
export class Node {
  readonly spec: NodeSpec
  readonly machine: Machine

  /** @param note - is told of what is done to it on purpose */
  constructor(spec: NodeSpec, machine: Machine, note: (what: string) => void = () => undefined) {
    this.spec = spec
    this.machine = noted(machine, (method, [command]) => {
      const text = Array.isArray(command) ? command.join(' ') : command
      if (STRIKES.has(method)) note(method)
      else if ((method === 'exec' || method === 'start') && typeof text === 'string' && isDisturbing(text)) note(text)
    })
  }

  get name(): string {
    return this.spec.name
  }

  /** Its address on the first network, without prefix. */
  get address(): string {
    return withoutPrefix(this.spec.interfaces[0]?.address ?? '')
  }

  /** Whether one of its interfaces has this address by the topology, VIPs and lo left out. */
  hasAddress(ip: string | undefined): boolean {
    return this.spec.interfaces.some(({ address }) => withoutPrefix(address) === ip)
  }

  /** MAC address of its first interface. */
  get mac(): string {
    return this.spec.interfaces[0]?.mac ?? ''
  }

  get running(): boolean {
    return this.machine.running
  }

  /** Why it cannot answer though it has power: it was frozen, has panicked, or boots after a reset. */
  get standstill(): Standstill | undefined {
    return this.machine.standstill
  }

  is(role: Role): boolean {
    return this.spec.roles.includes(role)
  }

  /** The cable of an interface; of the first one, if none is named. */
  cable(nic?: string): CableId {
    return `${this.name}:${nic ?? this.spec.interfaces[0]?.name ?? ''}`
  }

  /** Runs a command and answers what came of it, whatever that is. */
  run(command: string, options?: ExecOptions): Promise<ExecResult> {
    return this.machine.exec(command, options)
  }

  /**
   * Runs a command that must succeed; answers its output without the last newline.
   *
   * @throws InfrastructureError `LVSLAB_E_COMMAND_FAILED` with what it printed
   */
  async succeed(command: string, options?: ExecOptions): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(command, options)
    if (exitCode === 0) return stdout.replace(/\n$/, '')
    throw new InfrastructureError('LVSLAB_E_COMMAND_FAILED', `a command on ${this.name} failed with ${exitCode}`, {
      tried: command,
      seen: `${stdout}${stderr}`.slice(-2000),
    })
  }

  service(unit: string): Service {
    return new Service(this, unit)
  }

  /** IPv4 addresses with prefix that it holds now, by interface. */
  async addresses(): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>()
    for (const line of (await this.succeed('ip -o -4 address show')).split('\n')) {
      const [, name, address] = /^\d+:\s+(\S+)\s+inet\s+(\S+)/.exec(line) ?? []
      if (name !== undefined && address !== undefined) found.set(name, [...(found.get(name) ?? []), address])
    }
    return found
  }

  /** Whether it holds an address on an interface other than lo: owns it, as far as the host can tell. */
  async holds(address: string): Promise<boolean> {
    const all = await this.addresses()
    return [...all].some(([name, list]) => name !== 'lo' && list.some((entry) => withoutPrefix(entry) === address))
  }
}
