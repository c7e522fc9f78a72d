import { UsageError } from '../errors.ts'
import type { NodeFaultKind } from './fault-kind.ts'
import { demand } from './fault-target.ts'
import { killProcess, SIGNALS, type Signal } from './kill-process.ts'
import { PROCESS_PARTS, type ProcessPart } from './processes.ts'
import { reloadService, restartService } from './restart-service.ts'
import { startService } from './start-service.ts'
import { stopService } from './stop-service.ts'

/** Faults of daemons: their units and their processes. */
export const SERVICE_KINDS: readonly NodeFaultKind[] = [
  service('stop-service', 'stop a systemd unit; heal starts it', stopService),
  service('start-service', 'start a systemd unit; heal stops it, if it did not run before', startService),
  service('restart-service', 'restart a systemd unit; there is nothing to heal', restartService),
  service(
    'reload-service',
    'have a systemd unit read its configuration again; there is nothing to heal',
    reloadService,
  ),
  {
    name: 'kill-process',
    on: 'machine',
    target: 'NODE:PROGRAM[:PART][:SIGNAL]',
    description:
      'signal a program (KILL by default), or its parent, children, vrrp or checker process; ' +
      'heal continues what STOP has stopped, and starts the unit if that is needed',
    needs: ['exec'],
    inject: (cluster, node, detail) => {
      const [program, ...words] = demand(detail, 'kill-process master:keepalived:vrrp:KILL').split(':')
      const part = words.find((word): word is ProcessPart => PROCESS_PARTS.includes(word as ProcessPart))
      const signals = words.map((word) => word.replace(/^SIG/, '').toUpperCase())
      const signal = signals.find((word): word is Signal => SIGNALS.includes(word as Signal))
      const known = (part === undefined ? 0 : 1) + (signal === undefined ? 0 : 1)
      if (words.length !== known) {
        throw new UsageError('LVSLAB_E_FAULT_TARGET', `cannot read "${words.join(':')}"`, {
          seen: `parts: ${PROCESS_PARTS.join(', ')}; signals: ${SIGNALS.join(', ')}`,
        })
      }
      return killProcess(cluster, node, program!, signal ?? 'KILL', part === undefined ? {} : { part })
    },
  },
]

function service(name: string, description: string, strike: typeof stopService): NodeFaultKind {
  return {
    name,
    on: 'machine',
    target: 'NODE:UNIT',
    description,
    needs: ['exec'],
    inject: (cluster, node, unit) => strike(cluster, node, demand(unit, `${name} node-1:nginx`)),
  }
}
