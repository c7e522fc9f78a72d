import type { EngineCluster } from '../../engine/engine.ts'
import { InfrastructureError } from '../../errors.ts'
import type { Topology } from '../../topology/index.ts'

/** heartbeat's own waits at start and its resource scripts, which are shell and slow on an emulated processor. */
const TAKEN_TIMEOUT_MS = 180_000

/** IPaddr sends its gratuitous ARPs in the background, five of them 200 ms apart (its arp_count and arp_interval). */
const ANNOUNCED_MS = 1_500

/** The node that heartbeat gives the resources to when all are up: the preferred one of the VIPs that it moves. */
export function heartbeatOwner(topology: Topology): string | undefined {
  const members = topology.nodes.filter(({ services }) => services.includes('heartbeat')).map(({ name }) => name)
  return topology.vips.flatMap(({ candidates }) => candidates).find((name) => members.includes(name))
}

/**
 * Waits until heartbeat's preferred node holds every VIP and has filled its table: keepalived is the last resource.
 *
 * @throws InfrastructureError `LVSLAB_E_NOT_READY`
 */
export async function resourcesAreTaken(cluster: EngineCluster): Promise<void> {
  const { topology, machines } = cluster
  const owner = heartbeatOwner(topology)
  const machine = owner === undefined ? undefined : machines.get(owner)
  if (machine === undefined) return
  const held = topology.vips.map(({ address, prefix }) => `ip -o -4 address show | grep -qF ' ${address}/${prefix} '`)
  const servers = topology.virtualServices.reduce((sum, { realServers }) => sum + realServers.length, 0)
  const filled = `[ "$(grep -c -e '-> [0-9A-F]*:' /proc/net/ip_vs)" -ge ${servers} ]`
  const script = `until ${[...held, filled].join(' && ')}; do sleep 0.3; done; sleep ${ANNOUNCED_MS / 1000}`
  const { exitCode } = await machine.exec(script, { timeoutMs: TAKEN_TIMEOUT_MS })
  if (exitCode === 0) return
  const { stdout } = await machine.exec('tail -n 20 /var/log/ha-log; ip -br -4 address')
  throw new InfrastructureError('LVSLAB_E_NOT_READY', `${owner} did not take heartbeat's resources`, {
    tried: `wait ${TAKEN_TIMEOUT_MS / 1000} s for the VIPs and the virtual services`,
    seen: stdout,
  })
}
