import type { ClusterClock, ClusterTime } from '../clock.ts'
import { LvslabError } from '../errors.ts'
import { excuse } from '../fabric/index.ts'
import { hexAddress, hexPort } from './hex-address.ts'
import { parseIpvsConnections, type IpvsConnection } from './ipvs-connections.ts'
import { parseIpvsStats, parseIpvsTable, type IpvsService } from './ipvs-table.ts'
import type { Node } from './node.ts'
import { watchTable } from './table-watch.ts'

const ESTIMATION_MS = 2_000

/** The timer may be late by a tick or two. */
const SETTLE_MS = 200

/** The kernel's virtual server table on a node. */
export class Director {
  readonly node: Node
  readonly #clock: ClusterClock
  readonly #lateness: (since: ClusterTime) => Promise<number>

  /** @param lateness - how late the machines were since a moment, ms: what is waited for may be late by as much */
  constructor(node: Node, clock: ClusterClock, lateness: (since: ClusterTime) => Promise<number>) {
    this.node = node
    this.#clock = clock
    this.#lateness = lateness
  }

  /** The table now, with each server's count of connections. */
  async table(): Promise<IpvsService[]> {
    const [table = '', stats = ''] = (
      await this.node.succeed('ipvsadm -Ln && echo === && ipvsadm -Ln --stats --exact')
    ).split('===\n')
    const counts = parseIpvsStats(stats)
    return parseIpvsTable(table).map((service) => ({
      ...service,
      realServers: service.realServers.map((server) => {
        const connections = counts.get(`${service.address}:${service.port} ${server.address}:${server.port}`)
        return { ...server, ...(connections === undefined ? {} : { connections }) }
      }),
    }))
  }

  /**
   * Connections that the kernel has scheduled to each real server, by address. The kernel sums its counters up every two
   * seconds (ip_vs_est.c, estimation_timer), so this waits two rounds, or until `expected` connections are there.
   */
  async connections(expected: number): Promise<Map<string, number>> {
    // By the guest's own clock: a machine that does not run sums nothing up.
    const deadlineS = (await this.#uptimeS()) + (2 * ESTIMATION_MS + 1_000) / 1000
    for (;;) {
      const late = (await this.#uptimeS()) > deadlineS
      const services = await this.table()
      const counts = new Map(
        services.flatMap(({ realServers }) =>
          realServers.map(({ address, connections }): [string, number] => [address, connections ?? 0]),
        ),
      )
      const sum = [...counts.values()].reduce((total, count) => total + count, 0)
      if (sum >= expected || late) return counts
      await this.node.run('sleep 0.2')
    }
  }

  async #uptimeS(): Promise<number> {
    return Number((await this.node.succeed('read -r up _ </proc/uptime; echo $up')).trim())
  }

  /** Every connection that the kernel knows now, templates of persistence too. */
  async connectionTable(): Promise<IpvsConnection[]> {
    return parseIpvsConnections(await this.node.succeed('cat /proc/net/ip_vs_conn'))
  }

  /**
   * Zeroes the kernel's counters. That takes away what was summed up until then (ip_vs_ctl.c, ip_vs_zero_stats): where
   * there were connections, it waits for the next sum first, or the last two seconds' would be counted afterwards.
   */
  async zero(): Promise<void> {
    const settleS = (ESTIMATION_MS + SETTLE_MS) / 1000
    await this.node.succeed(`[ "$(wc -l </proc/net/ip_vs_conn)" -le 1 ] || sleep ${settleS}; ipvsadm -Z`)
  }

  /** Waits until a real server is no longer in the table. Answers when that was first seen, on the cluster's clock. */
  untilGone(realServer: string, port: number, timeoutMs: number): Promise<ClusterTime> {
    return this.#until(realServer, port, 'absent', timeoutMs)
  }

  /** Waits until a real server is in the table with a weight. */
  untilPresent(realServer: string, port: number, timeoutMs: number): Promise<ClusterTime> {
    return this.#until(realServer, port, 'present', timeoutMs)
  }

  async #until(address: string, port: number, wanted: 'present' | 'absent', timeoutMs: number): Promise<ClusterTime> {
    const began = this.#clock.now()
    if (await this.#shows(address, port, wanted, timeoutMs)) return this.#clock.now()
    // Machines that were late get that much longer, at most the same time again.
    const lateMs = await this.#lateness(began)
    const longer = lateMs >= 1 && (await this.#shows(address, port, wanted, Math.min(lateMs, timeoutMs)))
    if (longer) return this.#clock.now()
    // The cluster did not do what it was waited for: a claim's failure, not the harness's.
    throw new LvslabError(
      'assertion',
      'LVSLAB_E_TABLE_TIMEOUT',
      `${address}:${port} was not ${wanted} in the table of ${this.node.name} within ${timeoutMs} ms`,
      {
        tried: `watch /proc/net/ip_vs on ${this.node.name}`,
        seen: await this.node.succeed('ipvsadm -Ln'),
        ...excuse(await this.#lateness(began), timeoutMs),
      },
    )
  }

  /** Whether the table comes to show it in time, by the guest's own clock. */
  async #shows(address: string, port: number, wanted: 'present' | 'absent', timeoutMs: number): Promise<boolean> {
    const entry = `-> ${hexAddress(address)}:${hexPort(port)}`
    // Forwarding method, then a weight that is not 0.
    const pattern = `${entry} +[A-Za-z]+ +[1-9]`
    return (await watchTable(this.node, { file: '/proc/net/ip_vs', pattern, wanted, timeoutMs })).reached
  }
}
