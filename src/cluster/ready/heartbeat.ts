import type { EngineCluster, Machine } from '../../engine/engine.ts'
import { InfrastructureError } from '../../errors.ts'
import type { Progress } from '../../image/index.ts'
import type { Topology } from '../../topology/index.ts'
import { GREP_LOSSES } from '../heartbeat-losses.ts'

/** heartbeat's own waits at start and its resource scripts, which are shell and slow on an emulated processor. */
const TAKEN_TIMEOUT_MS = 180_000

/** IPaddr sends its gratuitous ARPs in the background, five of them 200 ms apart (its arp_count and arp_interval). */
const ANNOUNCED_MS = 1_500

/** From when on heartbeat's logs are asked why it has not taken them: three times what it takes on an emulated processor. */
const ASK_AFTER_MS = 60_000

/** How often heartbeat is started until its messages come through. */
const STARTS = 3

/** The node that heartbeat gives the resources to when all are up: the preferred one of the VIPs that it moves. */
export function heartbeatOwner(topology: Topology): string | undefined {
  const members = membersOf(topology)
  return topology.vips.flatMap(({ candidates }) => candidates).find((name) => members.includes(name))
}

/**
 * Waits until heartbeat's preferred node holds every VIP and has filled its table: keepalived is the last resource. Where
 * heartbeat has lost a message of its own ({@link GREP_LOSSES}), it would wait for ever: then it is started again.
 *
 * @throws InfrastructureError `LVSLAB_E_NOT_READY`
 */
export async function resourcesAreTaken(cluster: EngineCluster, progress: Progress): Promise<void> {
  const { topology, machines } = cluster
  const owner = heartbeatOwner(topology)
  const machine = owner === undefined ? undefined : machines.get(owner)
  if (machine === undefined) return
  const held = topology.vips.map(({ address, prefix }) => `ip -o -4 address show | grep -qF ' ${address}/${prefix} '`)
  const servers = topology.virtualServices.reduce((sum, { realServers }) => sum + realServers.length, 0)
  const filled = `[ "$(grep -c -e '-> [0-9A-F]*:' /proc/net/ip_vs)" -ge ${servers} ]`
  const script = `until ${[...held, filled].join(' && ')}; do sleep 0.3; done; sleep ${ANNOUNCED_MS / 1000}`
  const within = async (timeoutMs: number): Promise<boolean> =>
    (await machine.exec(script, { timeoutMs })).exitCode === 0
  const members = membersOf(topology).flatMap((name) => machines.get(name) ?? [])
  for (let start = 1; ; start++) {
    if (await within(ASK_AFTER_MS)) return
    const lost = start < STARTS ? await messagesLost(members) : ''
    if (lost === '') break
    progress(`heartbeat lost a message of its own scripts, and is started again (${lost})`)
    await Promise.all(members.map((member) => member.exec('systemctl stop heartbeat')))
    await Promise.all(members.map((member) => member.exec('systemctl start heartbeat')))
  }
  if (await within(TAKEN_TIMEOUT_MS - ASK_AFTER_MS)) return
  const { stdout } = await machine.exec('tail -n 20 /var/log/ha-log; ip -br -4 address')
  throw new InfrastructureError('LVSLAB_E_NOT_READY', `${owner} did not take heartbeat's resources`, {
    tried: `wait ${TAKEN_TIMEOUT_MS / 1000} s for the VIPs and the virtual services`,
    seen: stdout,
  })
}

function membersOf({ nodes }: Topology): string[] {
  return nodes.filter(({ services }) => services.includes('heartbeat')).map(({ name }) => name)
}

/** What these machines' heartbeats have logged of lost messages since they were started last; nothing, if ''. */
async function messagesLost(members: readonly Machine[]): Promise<string> {
  const since =
    'journalctl _SYSTEMD_INVOCATION_ID=$(systemctl show -p InvocationID --value heartbeat) -o cat --no-pager'
  const found = await Promise.all(
    members.map(async (member) => {
      const { stdout } = await member.exec(`${since} | ${GREP_LOSSES}`)
      return stdout === '' ? [] : [`${member.name}: ${stdout.trim()}`]
    }),
  )
  return found.flat().join('; ')
}
