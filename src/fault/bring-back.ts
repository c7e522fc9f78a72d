import type { Cluster, Node } from '../cluster/index.ts'
import { payDebts } from './owed.ts'
import { unitState, unitWish } from './unit.ts'

/** Which services of a node do not run though no fault has stopped them: they are not to run after a boot either. */
export async function idleServices(node: Node): Promise<string[]> {
  const idle: string[] = []
  for (const unit of node.spec.services) {
    if (unitWish(node, unit) === undefined && (await unitState(node, unit)) === 'inactive') idle.push(unit)
  }
  return idle
}

/**
 * After a machine has booted: makes it what it was when the cluster came up, and stops what did not run before, or is
 * stopped by a fault that is not healed yet.
 */
export async function bringBack(cluster: Cluster, node: Node, idle: readonly string[]): Promise<void> {
  // First, as a full disk may be among what is to be mended.
  await payDebts(node, true)
  await cluster.engine.reprovision(node.name)
  for (const unit of node.spec.services) {
    if (idle.includes(unit) || unitWish(node, unit) === 'inactive') await node.service(unit).stop()
  }
}
