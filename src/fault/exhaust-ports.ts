import { NARROW_RANGE, PORT_RANGE, type Cluster, type Node } from '../cluster/index.ts'
import { InfrastructureError, UsageError } from '../errors.ts'
import { shellWord } from '../shell-word.ts'
import { demandTools } from './demand-tools.ts'
import { EXHAUST_SCRIPT } from './exhaust-script.ts'
import { strike, type Fault } from './fault.ts'
import { mendInside } from './owed.ts'

export interface ExhaustOptions {
  /** Where to. Default: the first virtual service. */
  readonly address?: string
  readonly port?: number
  /** How many ports the client is left with, all of which are then taken. Default 100. */
  readonly ports?: number
}

/** What nginx as configured by Debian takes at once is 768, and two servers share it. */
const MOST_PORTS = 1_000
/** The connections end by themselves after that, s. */
const LONGEST_S = 3_600

/**
 * Leaves a client no port to connect from, to one destination: its range of ephemeral ports is narrowed
 * (ip-sysctl, ip_local_port_range), and a process of its own holds a connection open from each. Connecting then fails with
 * EADDRNOTAVAIL (connect(2)). Healing resets the connections and restores the range; a boot does so too.
 *
 * @throws UsageError `LVSLAB_E_FAULT_TARGET` beyond 1000 ports, or where the range is narrow already,
 * `LVSLAB_E_FAULT_TOOL` without perl; InfrastructureError `LVSLAB_E_PORTS_LEFT` when ports are left all the same
 */
export async function exhaustPorts(cluster: Cluster, node: Node, options: ExhaustOptions = {}): Promise<Fault> {
  const { address = cluster.service.address, port = cluster.service.port, ports = 100 } = options
  const refuse = (message: string): UsageError => new UsageError('LVSLAB_E_FAULT_TARGET', message)
  if (!Number.isInteger(ports) || ports < 2 || ports > MOST_PORTS) {
    throw refuse(`${ports} ports cannot be exhausted: 2 to ${MOST_PORTS} can`)
  }
  await demandTools(node, 'perl')
  const range = (await node.succeed(`cat ${PORT_RANGE}`)).trim().replace(/\s+/g, ' ')
  const [low = 0, high = 0] = range.split(' ').map(Number)
  if (high - low < NARROW_RANGE) throw refuse(`${node.name} has ports ${low} to ${high} only, which is narrow already`)
  const tag = `lvslab-ports-${Math.random().toString(36).slice(2, 10)}`
  return strike(cluster, {
    kind: 'exhaustPorts',
    target: `${node.name}:${address}:${port}`,
    inflict: async () => {
      const { stdout, stderr } = await node.run(`
        echo ${high - ports + 1} ${high} >${PORT_RANGE} || exit 1
        perl -e ${shellWord(EXHAUST_SCRIPT)} ${tag} ${address} ${port} ${ports} ${LONGEST_S} </dev/null >/run/${tag} 2>&1 &
        echo $! >/run/${tag}.pid
        for look in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
          grep -q . /run/${tag} && break
          sleep 0.5
        done
        cat /run/${tag}`)
      if (/^full \d+$/.test(stdout.trim())) return
      throw new InfrastructureError('LVSLAB_E_PORTS_LEFT', `${node.name} still has ports to connect from`, {
        tried: `take ${ports} ports to ${address}:${port}`,
        seen: `${stdout}${stderr}`.slice(-500),
      })
    },
    undo: async () => {
      await mendInside(node, () =>
        node.succeed(`
          read -r pid 2>/dev/null </run/${tag}.pid &&
            tr '\\0' ' ' 2>/dev/null </proc/$pid/cmdline | grep -q ' ${tag} ' && kill -9 "$pid"
          rm -f /run/${tag} /run/${tag}.pid
          echo ${range} >${PORT_RANGE}`),
      )
      return undefined
    },
  })
}
