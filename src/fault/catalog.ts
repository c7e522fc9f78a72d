import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import type { Fault } from './fault.ts'
import type { FaultKind } from './fault-kind.ts'
import { demand, readNetwork, type FindNode } from './fault-target.ts'
import { freeze } from './freeze.ts'
import { killProcess, type Signal } from './kill-process.ts'
import { NETWORK_KINDS } from './network-kinds.ts'
import { powerCut } from './power-cut.ts'
import { stopService } from './stop-service.ts'
import { unplug } from './unplug.ts'

/** The faults that `lvslab fault KIND TARGET` knows. */
export const FAULT_KINDS: readonly FaultKind[] = [
  {
    name: 'stop-service',
    on: 'machine',
    target: 'NODE:UNIT',
    description: 'stop a systemd unit; heal starts it',
    inject: (cluster, node, unit) => stopService(cluster, node, demand(unit, 'stop-service node-1:nginx')),
  },
  {
    name: 'kill-process',
    on: 'machine',
    target: 'NODE:PROGRAM[:SIGNAL]',
    description: 'signal a program (KILL by default); heal restarts its unit',
    inject: (cluster, node, detail) => {
      const [program, signal] = demand(detail, 'kill-process master:keepalived:KILL').split(':')
      return killProcess(cluster, node, program!, (signal ?? 'KILL') as Signal)
    },
  },
  {
    name: 'power-cut',
    on: 'machine',
    target: 'NODE',
    description: 'take the power away; heal boots the machine from its disk',
    inject: powerCut,
  },
  {
    name: 'freeze',
    on: 'machine',
    target: 'NODE',
    description: 'stop the processor; heal lets it run on',
    inject: freeze,
  },
  {
    name: 'unplug',
    on: 'cable',
    target: 'NODE[:INTERFACE]',
    description: 'pull a network cable; heal plugs it in',
    inject: unplug,
  },
  ...NETWORK_KINDS,
]

/** @throws UsageError `LVSLAB_E_FAULT_UNKNOWN` */
export function faultKind(name: string): FaultKind {
  const kind = FAULT_KINDS.find((one) => one.name === name)
  if (kind) return kind
  throw new UsageError('LVSLAB_E_FAULT_UNKNOWN', `no fault "${name}"`, {
    seen: FAULT_KINDS.map(({ name: each, target, description }) => `${each} ${target}: ${description}`).join('\n'),
  })
}

/**
 * Strikes what `target` names: a node, or a role: `master` and `backup` (who has the VIP now, who has not),
 * `real-server` (the first), `client`; or a network, for a fault of networks; with a detail after a colon where the kind
 * takes one.
 *
 * @param find - who a node's name or role stands for
 * @throws UsageError `LVSLAB_E_FAULT_UNKNOWN`, `LVSLAB_E_FAULT_TARGET`, `LVSLAB_E_NODE_UNKNOWN`
 */
export async function injectFault(
  cluster: Cluster,
  kindName: string,
  target: string,
  find: FindNode = (who) => nodeFor(cluster, who),
): Promise<Fault> {
  const kind = faultKind(kindName)
  const colon = target.indexOf(':')
  const who = colon < 0 ? target : target.slice(0, colon)
  const detail = colon < 0 ? undefined : target.slice(colon + 1)
  if (kind.on === 'network') return kind.inject(cluster, readNetwork(cluster, who), detail, find)
  return kind.inject(cluster, await find(who), detail)
}

async function nodeFor(cluster: Cluster, who: string): Promise<Node> {
  switch (who) {
    case 'master':
      return cluster.vip.owner()
    case 'backup': {
      const others = await cluster.vip.others()
      return others[0] ?? cluster.node(who)
    }
    case 'real-server':
    case 'client':
    case 'director':
      return cluster.the(who)
    default:
      return cluster.node(who)
  }
}
