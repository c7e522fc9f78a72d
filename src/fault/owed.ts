import type { Node } from '../cluster/index.ts'

interface Debt {
  readonly work: () => Promise<unknown>
  /** Whether a boot does not mend it anyway: what is on the disk. */
  readonly survivesBoot: boolean
}

const debts = new WeakMap<object, Debt[]>()

/**
 * Mends something inside a machine: at once if it can answer. One that is frozen, or off, is mended as soon as the fault
 * that made it so is healed, so that faults of one machine heal in any order.
 */
export async function mendInside(node: Node, work: () => Promise<unknown>, survivesBoot = false): Promise<void> {
  if (node.running && node.standstill === undefined) return void (await work())
  const owed = debts.get(node.machine) ?? []
  owed.push({ work, survivesBoot })
  debts.set(node.machine, owed)
}

/** Does what could not be done before, now that the machine answers again. */
export async function payDebts(node: Node, hasBooted: boolean): Promise<void> {
  const owed = debts.get(node.machine) ?? []
  debts.delete(node.machine)
  for (const { work, survivesBoot } of owed) if (survivesBoot || !hasBooted) await work()
}
