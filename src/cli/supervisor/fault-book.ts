import type { Cluster } from '../../cluster/index.ts'
import { UsageError } from '../../errors.ts'
import { injectFault, type Fault } from '../../fault/index.ts'

export interface ActiveFault {
  readonly id: string
  readonly fault: Fault
  /** Of the node that was struck. */
  readonly node: string
}

/** The faults that were not healed yet, oldest first. */
export class FaultBook {
  readonly #active: ActiveFault[] = []
  #count = 0

  get active(): readonly ActiveFault[] {
    return this.#active
  }

  /** Nodes whose processor stands still. */
  get frozen(): ReadonlySet<string> {
    return new Set(this.#active.filter(({ fault }) => fault.kind === 'freeze').map(({ node }) => node))
  }

  /** @param target - a node's name, with a detail after a colon where the kind takes one */
  async strike(cluster: Cluster, kind: string, target: string): Promise<ActiveFault> {
    const node = target.split(':')[0] ?? target
    const fault = await injectFault(cluster, kind, target)
    this.#count += 1
    const active = { id: `f${this.#count}`, fault, node }
    this.#active.push(active)
    return active
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
        seen: this.#active.map((each) => `${each.id}: ${each.fault.kind} ${each.fault.target}`).join('\n') || 'none',
      })
    }
    for (const each of chosen) {
      onEach(each)
      await each.fault.heal()
      const at = this.#active.indexOf(each)
      if (at >= 0) this.#active.splice(at, 1)
    }
    return chosen
  }
}
