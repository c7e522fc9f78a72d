import type { Cluster } from '../../cluster/index.ts'
import { UsageError } from '../../errors.ts'
import { injectFault, type Fault } from '../../fault/index.ts'

export interface ActiveFault {
  readonly id: string
  /** As the command line names it: "power-cut". */
  readonly kind: string
  readonly fault: Fault
  /** Of the node that was struck. */
  readonly node: string
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
    return new Set(this.#active.filter(({ kind }) => kind === 'freeze').map(({ node }) => node))
  }

  /**
   * @param target - a node's name, with a detail after a colon where the kind takes one
   * @throws UsageError `LVSLAB_E_FAULT_TWICE` when it was struck so already
   */
  async strike(cluster: Cluster, kind: string, target: string): Promise<ActiveFault> {
    const node = target.split(':')[0] ?? target
    this.#demandPossible(cluster, kind, node)
    const fault = await this.#inject(cluster, kind, target)
    this.#count += 1
    const struck = { id: `f${this.#count}`, kind, fault, node }
    // A machine without power is no longer frozen, and does not freeze again when it boots.
    const ended = (other: ActiveFault): boolean =>
      kind === 'power-cut' && other.kind === 'freeze' && other.node === node
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
    // A cable can be pulled from a machine in any state.
    if (kind === 'unplug') return
    const before = this.#active.filter(({ node }) => node === name).map(({ id, kind }) => `${id}: ${kind}`)
    const todo = 'mend it first: npx lvslab heal'
    if (!cluster.node(name).running) {
      throw new UsageError('LVSLAB_E_NODE_OFF', `${name} is off already`, { seen: before.join('\n'), todo })
    }
    if (kind !== 'power-cut' && this.frozen.has(name)) {
      throw new UsageError('LVSLAB_E_NODE_FROZEN', `${name} is frozen already`, { seen: before.join('\n'), todo })
    }
  }
}
