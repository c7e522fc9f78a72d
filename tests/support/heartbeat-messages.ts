import type { ClusterTime } from '../../src/clock.ts'
import { HEARTBEAT_LOSSES, type Cluster, type HeartbeatLoss, type Node } from '../../src/cluster/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { GuestJournal } from './guest-journal.ts'

/** Scripts that write a message in one piece: up to 4096 bytes (POSIX, PIPE_BUF), and dash's printf makes one write. */
export const IN_ONE_PIECE = `cat >>/etc/ha.d/shellfuncs <<'END'
ha_clustermsg() {
  message=$(cat)
  printf '>>>\\n%s\\n<<<\\n' "$message" >>$HA_FIFO
}
END`

/** How a finding goes on where {@link IN_ONE_PIECE} was the cure. */
export const STARTED_AGAIN = 'with scripts that write a message in one piece it was started again'

/** A message of heartbeat's scripts that it says it has lost. */
export interface LostMessage {
  readonly node: string
  readonly text: string
  readonly how: HeartbeatLoss
}

/**
 * What heartbeat on nodes says since a moment that it has lost of the messages of its scripts ({@link HEARTBEAT_LOSSES}). It is
 * asked when something has failed already: a node that cannot answer adds nothing to that.
 */
export async function messagesLost(
  cluster: Cluster,
  nodes: readonly Node[],
  since: ClusterTime,
): Promise<LostMessage[]> {
  const lost = await Promise.all(
    nodes.map(async (node) => {
      const lines = await GuestJournal.read(cluster, node, since).then(
        (journal) => journal.lines,
        () => [],
      )
      return lines.flatMap(({ text }) => {
        const how = HEARTBEAT_LOSSES.find(({ logs }) => text.includes(logs))
        return how === undefined ? [] : [{ node: node.name, text, how }]
      })
    }),
  )
  return lost.flat()
}

export interface Loss {
  /** What it does not always do, as a phrase that begins with a verb. */
  readonly what: string
  readonly since: ClusterTime
  readonly lost: readonly LostMessage[]
  /** What was done about it, if anything. */
  readonly then: string | undefined
}

/** Says as a finding that heartbeat did not do its work because it lost a message. */
export function tellLost(c: ClaimContext, cluster: Cluster, { what, since, lost, then }: Loss): void {
  const whys = HEARTBEAT_LOSSES.filter((one) => lost.some(({ how }) => how === one)).map(({ why }) => why)
  c.finding(
    `heartbeat 3.0.6 ${what}: ${[...whys, ...(then === undefined ? [] : [then])].join('; ')}`,
    `after ${Math.round(cluster.clock.now() - since)} ms: ${lost.map(({ node, text }) => `${node}: ${text}`).join('\n')}`,
  )
}
