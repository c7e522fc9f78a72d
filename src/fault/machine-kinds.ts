import { UsageError } from '../errors.ts'
import { exhaustPorts } from './exhaust-ports.ts'
import type { NodeFaultKind } from './fault-kind.ts'
import { demand } from './fault-target.ts'
import { fillDisk } from './fill-disk.ts'
import { freeze } from './freeze.ts'
import { hogCpu } from './hog-cpu.ts'
import { count, timeMs, Words } from './impairment-words.ts'
import { loseNfsServer } from './lose-nfs-server.ts'
import { panic } from './panic.ts'
import { powerCut } from './power-cut.ts'
import { reset } from './reset.ts'
import { stepClock } from './step-clock.ts'

/** Faults of machines, and of what runs low in them. */
export const MACHINE_KINDS: readonly NodeFaultKind[] = [
  {
    name: 'power-cut',
    on: 'machine',
    target: 'NODE',
    description: 'take the power away; heal boots the machine from its disk',
    needs: ['power'],
    inject: powerCut,
  },
  {
    name: 'reset',
    on: 'machine',
    target: 'NODE',
    description: 'reboot without a shutdown; heal waits until it is up and makes it what it was',
    needs: ['reset', 'exec'],
    inject: reset,
  },
  {
    name: 'panic',
    on: 'machine',
    target: 'NODE',
    description: 'make the kernel panic: the machine hangs; heal cuts its power and boots it',
    needs: ['panic', 'power', 'exec'],
    inject: panic,
  },
  {
    name: 'freeze',
    on: 'machine',
    target: 'NODE',
    description: 'stop the processor; heal lets it run on',
    needs: ['freeze'],
    inject: freeze,
  },
  {
    name: 'clock-step',
    on: 'machine',
    target: 'NODE:+TIME|-TIME',
    description: 'step the clock: +1h, -90s, +500ms; heal steps it back',
    needs: ['clock', 'exec'],
    inject: (cluster, node, detail) => stepClock(cluster, node, readStep(demand(detail, 'clock-step master:-90s'))),
  },
  {
    name: 'disk-full',
    on: 'machine',
    target: 'NODE[:DIRECTORY]',
    description: "fill the root file system, or the directory's, to the last block; heal frees it",
    needs: ['exec'],
    inject: (cluster, node, directory) => fillDisk(cluster, node, directory),
  },
  {
    name: 'cpu-hog',
    on: 'machine',
    target: 'NODE[:processes=N,TIME]',
    description: 'run N busy processes (2), for at most TIME (60s); heal ends them',
    needs: ['exec'],
    inject: (cluster, node, detail) => {
      const words = new Words(detail ?? '')
      const processes = words.take(count('processes'))
      const ms = words.take(timeMs)
      demandAllRead(words, 'cpu-hog node-1:processes=4,30s')
      return hogCpu(cluster, node, {
        ...(processes === undefined ? {} : { processes }),
        ...(ms === undefined ? {} : { forS: Math.ceil(ms / 1000) }),
      })
    },
  },
  {
    name: 'nfs-gone',
    on: 'machine',
    target: 'NODE[:service|:cable]',
    description: 'stop the NFS service (nfs-gone nfs-server), or pull its cable; heal brings it back',
    needs: ['exec', 'cable'],
    impossible: ({ nodes }) =>
      nodes.some(({ roles }) => roles.includes('nfs-server')) ? undefined : 'there is no NFS server',
    inject: (cluster, node, how = 'service') => {
      if (how === 'service' || how === 'cable') return loseNfsServer(cluster, node, how)
      throw new UsageError('LVSLAB_E_FAULT_TARGET', `cannot read "${how}"`, { todo: 'nfs-gone nfs-server:cable' })
    },
  },
  {
    name: 'port-exhaustion',
    on: 'machine',
    target: 'NODE[:ADDRESS:PORT][:ports=N]',
    description: 'leave a client no port to connect from to the virtual service; heal gives them back',
    needs: ['exec'],
    impossible: ({ virtualServices }) => (virtualServices.length > 0 ? undefined : 'there is no virtual service'),
    inject: (cluster, node, detail) => {
      const words = new Words((detail ?? '').replaceAll(':', ','))
      const ports = words.take(count('ports'))
      const address = words.take((word) => (/^\d+(\.\d+){3}$/.test(word) ? word : undefined))
      const port =
        address === undefined ? undefined : words.take((word) => (/^\d+$/.test(word) ? Number(word) : undefined))
      demandAllRead(words, 'port-exhaustion client:ports=200')
      return exhaustPorts(cluster, node, {
        ...(ports === undefined ? {} : { ports }),
        ...(address === undefined ? {} : { address }),
        ...(port === undefined ? {} : { port }),
      })
    },
  },
]

const LONG: Readonly<Record<string, number>> = { min: 60_000, h: 3_600_000, d: 86_400_000 }

/** "+1h", "-90s": ms. */
function readStep(text: string): number {
  const [, sign, span = '', digits, unit = ''] = /^([+-])((\d+(?:\.\d+)?)([a-zµ]+))$/.exec(text) ?? []
  const ms = Object.hasOwn(LONG, unit) ? Number(digits) * LONG[unit]! : timeMs(span)
  if (sign !== undefined && ms !== undefined) return sign === '-' ? -ms : ms
  throw new UsageError('LVSLAB_E_FAULT_TARGET', `cannot read "${text}"`, {
    todo: 'a sign, and a span in ms, s, min, h or d: clock-step master:-90s',
  })
}

function demandAllRead(words: Words, example: string): void {
  const [stray] = words.left
  if (stray === undefined) return
  throw new UsageError('LVSLAB_E_FAULT_TARGET', `cannot read "${stray}"`, { todo: `for example: ${example}` })
}
