import { UsageError } from '../../errors.ts'
import type { Arrival, Scheduler, ServerState } from './server-state.ts'

/** What clients do, one after another. */
export type Step =
  /** Open a connection and keep it. `times` 1. */
  | { readonly do: 'hold'; readonly from?: Partial<Arrival>; readonly times?: number }
  /** Open a connection, ask, close: it is inactive at once, and stays so for the rest of the experiment. `times` 1. */
  | { readonly do: 'probe'; readonly from?: Partial<Arrival>; readonly times?: number }
  /** Close the connections that are held at a server. */
  | { readonly do: 'release'; readonly server: string }
  /** Set a weight. */
  | { readonly do: 'weigh'; readonly server: string; readonly weight: number }
  /** Take a server out of the table. */
  | { readonly do: 'remove'; readonly server: string }

const SOMEBODY: Arrival = { client: '192.0.2.1', clientPort: 40_000, vip: '192.0.2.100', atMs: 0 }

/**
 * The server of each connection that the steps open, in order; `undefined` for a refused one. Counts change as the kernel
 * changes them: a connection is active from its SYN on (ip_vs_proto_tcp.c set_tcp_state) and inactive from its first FIN
 * or RST. No entry expires.
 */
export function replay(
  scheduler: Scheduler,
  servers: readonly ServerState[],
  steps: readonly Step[],
): (string | undefined)[] {
  const table = servers.map((server) => ({ ...server }))
  const find = (name: string): (typeof table)[number] => {
    const server = table.find((entry) => entry.name === name)
    if (!server) throw new UsageError('LVSLAB_E_NO_SUCH_SERVER', `the replayed table has no server ${name}`)
    return server
  }
  const picks: (string | undefined)[] = []
  for (const step of steps) {
    if (step.do === 'weigh') Object.assign(find(step.server), weighed(find(step.server), step.weight))
    else if (step.do === 'remove') table.splice(table.indexOf(find(step.server)), 1)
    else if (step.do === 'release') Object.assign(find(step.server), released(find(step.server)))
    else {
      for (let n = 0; n < (step.times ?? 1); n++) {
        const pick = scheduler(table, { ...SOMEBODY, ...step.from })
        picks.push(pick)
        if (pick === undefined) continue
        if (step.do === 'hold') find(pick).active++
        else find(pick).inactive++
      }
    }
  }
  return picks
}

function released({ active, inactive }: ServerState): Pick<ServerState, 'active' | 'inactive'> {
  return { active: 0, inactive: inactive + active }
}

function weighed(server: ServerState, weight: number): Pick<ServerState, 'weight' | 'lastWeight'> {
  return { weight, lastWeight: weight === 0 ? (server.lastWeight ?? server.weight) : weight }
}
