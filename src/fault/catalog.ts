import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import type { Fault } from './fault.ts'
import { freeze } from './freeze.ts'
import { killProcess, type Signal } from './kill-process.ts'
import { powerCut } from './power-cut.ts'
import { stopService } from './stop-service.ts'
import { unplug } from './unplug.ts'

export interface FaultKind {
  readonly name: string
  /** "NODE", "NODE[:INTERFACE]", … */
  readonly target: string
  readonly description: string
  readonly inject: (cluster: Cluster, node: Node, detail: string | undefined) => Promise<Fault>
}

/** The faults that `lvslab fault KIND TARGET` knows. */
export const FAULT_KINDS: readonly FaultKind[] = [
  {
    name: 'stop-service',
    target: 'NODE:UNIT',
    description: 'stop a systemd unit; heal starts it',
    inject: (cluster, node, unit) => stopService(cluster, node, demand(unit, 'stop-service node-1:nginx')),
  },
  {
    name: 'kill-process',
    target: 'NODE:PROGRAM[:SIGNAL]',
    description: 'signal a program (KILL by default); heal restarts its unit',
    inject: (cluster, node, detail) => {
      const [program, signal] = demand(detail, 'kill-process master:keepalived:KILL').split(':')
      return killProcess(cluster, node, program!, (signal ?? 'KILL') as Signal)
    },
  },
  {
    name: 'power-cut',
    target: 'NODE',
    description: 'take the power away; heal boots the machine from its disk',
    inject: powerCut,
  },
  {
    name: 'unplug',
    target: 'NODE[:INTERFACE]',
    description: 'pull a network cable; heal plugs it in',
    inject: unplug,
  },
  { name: 'freeze', target: 'NODE', description: 'stop the processor; heal lets it run on', inject: freeze },
]

function demand(detail: string | undefined, example: string): string {
  if (detail !== undefined && detail !== '') return detail
  throw new UsageError('LVSLAB_E_FAULT_TARGET', 'this fault needs more than a node', {
    todo: `for example: ${example}`,
  })
}

/**
 * Strikes what `target` names: a node, or a role: `master` and `backup` (who has the VIP now, who has not),
 * `real-server` (the first), `client`; with a detail after a colon where the kind takes one.
 *
 * @throws UsageError `LVSLAB_E_FAULT_UNKNOWN`, `LVSLAB_E_FAULT_TARGET`, `LVSLAB_E_NODE_UNKNOWN`
 */
export async function injectFault(cluster: Cluster, kindName: string, target: string): Promise<Fault> {
  const kind = FAULT_KINDS.find(({ name }) => name === kindName)
  if (!kind) {
    throw new UsageError('LVSLAB_E_FAULT_UNKNOWN', `no fault "${kindName}"`, {
      seen: FAULT_KINDS.map(({ name, target: form, description }) => `${name} ${form}: ${description}`).join('\n'),
    })
  }
  const colon = target.indexOf(':')
  const who = colon < 0 ? target : target.slice(0, colon)
  return kind.inject(cluster, await nodeFor(cluster, who), colon < 0 ? undefined : target.slice(colon + 1))
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
