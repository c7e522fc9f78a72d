import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { strike, type Fault } from './fault.ts'
import { unitState } from './unit.ts'

/**
 * Restarts a systemd unit that runs. It is over when it has struck: there is nothing to heal.
 *
 * @throws UsageError `LVSLAB_E_NO_UNIT`, `LVSLAB_E_NOT_ACTIVE` for one that does not run
 */
export function restartService(cluster: Cluster, node: Node, unit: string): Promise<Fault> {
  return again(cluster, node, unit, 'restart')
}

/**
 * Has a systemd unit read its configuration again. It is over when it has struck: there is nothing to heal.
 *
 * @throws UsageError `LVSLAB_E_NO_UNIT`, `LVSLAB_E_NOT_ACTIVE` for one that does not run
 */
export function reloadService(cluster: Cluster, node: Node, unit: string): Promise<Fault> {
  return again(cluster, node, unit, 'reload')
}

async function again(cluster: Cluster, node: Node, unit: string, verb: 'restart' | 'reload'): Promise<Fault> {
  if ((await unitState(node, unit)) === 'inactive') {
    throw new UsageError('LVSLAB_E_NOT_ACTIVE', `${unit} does not run on ${node.name}`, {
      tried: `${verb} ${unit}`,
      todo: `start it first: start-service ${node.name}:${unit}`,
    })
  }
  return strike(cluster, {
    kind: `${verb}Service`,
    target: `${node.name}:${unit}`,
    remains: `a ${verb} is over when it is done: nothing was undone`,
    inflict: () => node.service(unit)[verb](),
    undo: () => Promise.resolve(undefined),
  })
}
