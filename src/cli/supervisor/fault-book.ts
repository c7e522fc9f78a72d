import { standstillWords, type Cluster } from '../../cluster/index.ts'
import { UsageError } from '../../errors.ts'
import { faultKind, injectFault, type Fault, type FindNode } from '../../fault/index.ts'

export interface ActiveFault {
  readonly id: string
  /** As the command line names it: "power-cut". */
  readonly kind: string
  readonly fault: Fault
  /** Of the node that was struck; undefined if it was a network. */
  readonly node: string | undefined
}

/** The faults that were not healed yet, oldest first. */
export class FaultBook {
  readonly #inject: typeof injectFault
  #active: readonly ActiveFault[] = []
  #count = 0

  constructor(inject: typeof injectFault = injectFault) {
    this.#inject = inject
  }

  get active(): readonly ActiveFault[] {
    return this.#active
  }

  /** Nodes whose processor stands still. */
  get frozen(): ReadonlySet<string> {
    return new Set(this.#active.flatMap(({ kind, node }) => (kind === 'freeze' ? (node ?? []) : [])))
  }

  /**
   * @param target - a node's or a network's name, with a detail after a colon where the kind takes one
   * @param find - whom a name in the detail stands for
   * @throws UsageError `LVSLAB_E_FAULT_UNKNOWN`, `LVSLAB_E_NODE_OFF`, `LVSLAB_E_NODE_FROZEN`
   */
  async strike(cluster: Cluster, kind: string, target: string, find?: FindNode): Promise<ActiveFault> {
    const { on } = faultKind(kind)
    const node = on === 'network' ? undefined : (target.split(':')[0] ?? target)
    // A cable can be struck whatever state its machine is in.
    if (on === 'machine' && node !== undefined) this.#demandPossible(cluster, kind, node)
    const fault = await this.#inject(cluster, kind, target, find)
    this.#count += 1
    const struck = { id: `f${this.#count}`, kind, fault, node }
    // A machine without power is neither frozen nor in panic, and does not become so again when it boots.
    const ended = (other: ActiveFault): boolean =>
      kind === 'power-cut' && (other.kind === 'freeze' || other.kind === 'panic') && other.node === node
    this.#active = [...this.#active.filter((other) => !ended(other)), struck]
    return struck
  }

  /**
   * Heals one fault, or all: the newest first, as the older ones were there when it struck.
   *
   * @throws UsageError `LVSLAB_E_FAULT_ID`
   */
  async heal(id: string | undefined, onEach: (fault: ActiveFault) => void): Promise<ActiveFault[]> {
    const chosen = id === undefined ? [...this.#active].reverse() : this.#active.filter((fault) => fault.id === id)
    if (id !== undefined && chosen.length === 0) {
      throw new UsageError('LVSLAB_E_FAULT_ID', `there is no fault "${id}" to heal`, {
        seen: this.#active.map((each) => `${each.id}: ${each.kind} ${each.fault.target}`).join('\n') || 'none',
      })
    }
    for (const each of chosen) {
      onEach(each)
      await each.fault.heal()
      this.#active = this.#active.filter((other) => other !== each)
    }
    return chosen
  }

  /** What cannot be done to a machine that is off or stands still; waiting for it to answer would take long. */
  #demandPossible(cluster: Cluster, kind: string, name: string): void {
    const before = this.#active.filter(({ node }) => node === name).map(({ id, kind }) => `${id}: ${kind}`)
    const todo = 'mend it first: npx lvslab heal'
    if (!cluster.node(name).running) {
      throw new UsageError('LVSLAB_E_NODE_OFF', `${name} is off already`, { seen: before.join('\n'), todo })
    }
    if (kind !== 'power-cut' && this.frozen.has(name)) {
      throw new UsageError('LVSLAB_E_NODE_FROZEN', `${name} is frozen already`, { seen: before.join('\n'), todo })
    }
    const { standstill } = cluster.node(name)
    if (kind !== 'power-cut' && standstill !== undefined) {
      throw new UsageError('LVSLAB_E_NODE_SILENT', `${name} cannot answer: it ${standstillWords(standstill)}`, {
        seen: before.join('\n'),
        todo,
      })
    }
  }
}
