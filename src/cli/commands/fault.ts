import { UsageError } from '../../errors.ts'
import { withCluster, type ClusterOption } from '../options.ts'
import type { AddCommand } from './command-module.ts'

const FAULT_TIMEOUT_MS = 60_000
const LIST_TIMEOUT_MS = 10_000

const HELP = `
TARGET begins with a node's name, or with who it is now: master, backup; director, real-server, web, client,
nfs-server, heartbeat, … (the first of its role); any-real-server, any-director (chosen; any-real-server#7 always alike).
partition, hub and arp-spoof take a network's name. "--list" shows the form of each, and what the cluster that is up
cannot be struck with.

A CABLE is NODE[:INTERFACE][:in|out]: by default that of the first interface, and both ways. "in" is from the machine
into the network, "out" from the network to the machine. Both ways means each way, so a ping is delayed twice.
Several faults of one cable add up. PERCENT 10%; TIME 20ms, 1.5s, 200us; ± may be typed as +-; RATE 10mbit, 500kbit;
SIZE 64kB, 64KiB; ",seed=7" after any of these chooses other frames. A partition's groups are divided by slashes.

Examples:
  npx lvslab fault power-cut master
  npx lvslab fault unplug node-1:eth1
  npx lvslab fault kill-process master:keepalived:STOP
  npx lvslab fault kill-process master:keepalived:vrrp:KILL
  npx lvslab fault panic master
  npx lvslab fault clock-step master:-90s
  npx lvslab fault disk-full any-real-server
  npx lvslab fault cpu-hog master:processes=4,30s
  npx lvslab fault nfs-gone nfs-server:cable
  npx lvslab fault port-exhaustion client:ports=200
  npx lvslab fault arp-spoof lan:500ms,answer
  npx lvslab fault loss real-server:10%
  npx lvslab fault delay node-1:eth1:out:20ms+-5ms,normal
  npx lvslab fault rate node-1:eth1:10mbit,queue=64kB
  npx lvslab fault one-way master:out
  npx lvslab fault partition lan:master/backup,client
  npx lvslab fault hub lan`

export const addFault: AddCommand = (program) => {
  withCluster(program.command('fault').description('break something; "heal" mends it'))
    .argument('[kind]', 'what to do; --list shows what there is')
    .argument('[target]', 'to whom')
    .option('--list', 'what can be broken')
    .addHelpText('after', HELP)
    .action(
      async (kind: string | undefined, target: string | undefined, options: ClusterOption & { list?: boolean }) => {
        const { FAULT_KINDS } = await import('../../fault/index.ts')
        const { lookOf, print } = await import('../terminal/output.ts')
        const { table } = await import('../terminal/text.ts')
        const look = lookOf()
        if (options.list === true) {
          const impossible = await impossibleKinds(options.cluster)
          const kinds = FAULT_KINDS.map(({ name, target, description }) => {
            const why = impossible.get(name)
            const said = why === undefined ? description : `not here, ${why}: ${description}`
            return [why === undefined ? look.ink.name(name) : look.ink.dim(name), target, said]
          })
          return print(table(kinds, { width: look.width }).join('\n'))
        }
        if (kind === undefined || target === undefined) {
          throw new UsageError('LVSLAB_E_FAULT_TARGET', kind === undefined ? 'which fault?' : `${kind} to whom?`, {
            seen: table(
              FAULT_KINDS.map(({ name, target, description }) => [name, target, description]),
              { width: 70 },
            ).join('\n'),
            todo: 'for example: npx lvslab fault power-cut master',
          })
        }
        const { connectTo } = await import('../control/find-cluster.ts')
        const { control } = await connectTo(options.cluster)
        using _hangUp = control
        const onNotice = (line: string): void => void process.stderr.write(`${line}\n`)
        const struck = await control.call('fault', { kind, target }, { timeoutMs: FAULT_TIMEOUT_MS, onNotice })
        const { ink } = look
        // At least a millisecond, or it would promise more than the clock holds.
        const within = struck.uncertaintyMs < 1 ? '' : ink.dim(` (took ${Math.round(struck.uncertaintyMs)} ms)`)
        print(`${ink.bold(struck.id)}  ${struck.kind} ${ink.bold(struck.target)} at ${clockTime(struck.at)}${within}`)
        print(struck.watch.map((line) => `  ${ink.name(line)}`).join('\n'))
      },
    )
}

/**
 * What cannot be injected in the cluster that is up, and why. Where none is up, or several are and none is named, every
 * kind is shown as it is.
 */
async function impossibleKinds(name: string | undefined): Promise<ReadonlyMap<string, string>> {
  const { findClusters } = await import('../supervisor/state.ts')
  if (name === undefined && (await findClusters()).length !== 1) return new Map()
  const { connectTo } = await import('../control/find-cluster.ts')
  const { control } = await connectTo(name)
  using _hangUp = control
  const { kinds } = await control.call('kinds', {}, { timeoutMs: LIST_TIMEOUT_MS })
  return new Map(kinds.flatMap((kind) => (kind.impossible === undefined ? [] : [[kind.name, kind.impossible]])))
}

/** "14:03:22.118", local time. */
function clockTime(iso: string): string {
  const at = new Date(iso)
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0'))
  return `${time.join(':')}.${String(at.getMilliseconds()).padStart(3, '0')}`
}
