import type { Node } from '../../../src/cluster/index.ts'
import type { Opening } from '../../../src/load/index.ts'
import type { RealServer } from '../../../src/topology/index.ts'
import { tableOrder, type Arrival, type SchedulerName, type ServerState } from '../../../src/verdict/index.ts'

/** Of nat-1, nat-2 and nat-3. */
export type Weights = readonly [number, number, number]

/** "1" for nat-1: sequences of servers are short to read. */
export function shortName({ node }: Pick<RealServer, 'node'>): string {
  return node.replace('nat-', '')
}

/** The kernel's list when servers are added in this order, as the models of the schedulers read it. */
export function serverList(servers: readonly RealServer[], weights: Weights): ServerState[] {
  const states = servers.map((server, index) => {
    const { address, port } = server
    return { name: shortName(server), address, port, weight: weights[index]!, active: 0, inactive: 0 }
  })
  return tableOrder(states)
}

/** Ports, and firewall marks, from here on. */
const FIRST = 8001

/**
 * A virtual service for one experiment: on a port of its own, since the kernel goes on counting where a server was before
 * in a service of the same address and port (ip_vs_ctl.c, ip_vs_trash_get_dest). Where the destination matters it is known
 * by a firewall mark, and port 80 of all 192.168.77.0/24 is its address. (On another port than the servers' a persistent
 * one would not work: ip_vs_core.c ip_vs_sched_persist translates the port only where the service has one.)
 */
export class TrialService {
  readonly #director: Node
  readonly #servers: readonly RealServer[]
  readonly #vip: string
  readonly #id: number
  readonly #byMark: boolean

  constructor(
    director: Node,
    options: { servers: readonly RealServer[]; vip: string; number: number; byMark: boolean },
  ) {
    this.#director = director
    this.#servers = options.servers
    this.#vip = options.vip
    this.#id = FIRST + options.number
    this.#byMark = options.byMark
  }

  /** Where a client connects to be scheduled as `from` says. */
  opening(from: Partial<Arrival> = {}): Opening {
    const { client, vip = this.#vip } = from
    return {
      address: vip,
      port: this.#byMark ? 80 : this.#id,
      ...(client === undefined ? {} : { sourceAddress: client }),
    }
  }

  async add(scheduler: SchedulerName, weights: Weights): Promise<void> {
    // Of several such rules the last one's mark stays.
    const mark = `iptables -t mangle -A PREROUTING -d 192.168.77.0/24 -p tcp --dport 80 -j MARK --set-mark ${this.#id}`
    const servers = this.#servers.map((server, index) => {
      return `-a ${this.#key} -r ${server.address}:${server.port} -m -w ${weights[index]!}`
    })
    const rules = [`-A ${this.#key} -s ${scheduler}`, ...servers].join('\n')
    await this.#director.succeed(`${this.#byMark ? `${mark} && ` : ''}ipvsadm -R <<'RULES'\n${rules}\nRULES`)
  }

  async weigh(name: string, weight: number): Promise<void> {
    await this.#director.succeed(`ipvsadm -e ${this.#key} -r ${this.#endpoint(name)} -m -w ${weight}`)
  }

  async remove(name: string): Promise<void> {
    await this.#director.succeed(`ipvsadm -d ${this.#key} -r ${this.#endpoint(name)}`)
  }

  get #key(): string {
    return this.#byMark ? `-f ${this.#id}` : `-t ${this.#vip}:${this.#id}`
  }

  #endpoint(name: string): string {
    const { address, port } = this.#servers.find((server) => shortName(server) === name)!
    return `${address}:${port}`
  }
}
