import { after, type ClusterTime } from '../../src/clock.ts'
import { journalCommand, parseJournal, SYNC_JOURNAL, type Cluster, type Node } from '../../src/cluster/index.ts'
import { LvslabError } from '../../src/errors.ts'

export interface JournalLine {
  /** The earliest moment that it can have been written at, on the cluster's clock. */
  readonly at: ClusterTime
  /** Seconds since the machine's boot: exact between two lines of one machine. */
  readonly guestS: number
  readonly text: string
}

/** What a node's journal says of its present boot, with the times on the cluster's clock. */
export class GuestJournal {
  readonly node: Node
  readonly lines: readonly JournalLine[]
  /** How much later than {@link JournalLine.at} a line may have been written, ms. */
  readonly uncertaintyMs: number

  private constructor(node: Node, lines: readonly JournalLine[], uncertaintyMs: number) {
    this.node = node
    this.lines = lines
    this.uncertaintyMs = uncertaintyMs
  }

  /** @param since - lines that were certainly written before are left out */
  static async read(cluster: Cluster, node: Node, since: ClusterTime): Promise<GuestJournal> {
    const { earliestMs, latestMs } = await guestClock(cluster, node)
    const written = await node.succeed(`${SYNC_JOURNAL} && ${journalCommand({ lines: 400 })}`)
    const lines = parseJournal(written).map(({ sentMs, text }) => ({
      ...{ at: (sentMs + earliestMs) as ClusterTime, guestS: sentMs / 1000, text },
    }))
    const uncertaintyMs = latestMs - earliestMs
    return new GuestJournal(
      node,
      lines.filter(({ at }) => after(at, uncertaintyMs) >= since),
      uncertaintyMs,
    )
  }

  find(pattern: RegExp): JournalLine | undefined {
    return this.lines.find(({ text }) => pattern.test(text))
  }

  /** @throws LvslabError `LVSLAB_E_JOURNAL_LINE`, as a failed assertion, when no line matches */
  must(pattern: RegExp): JournalLine {
    const found = this.find(pattern)
    if (found) return found
    const last = this.lines.slice(-12).map(({ guestS, text }) => `${guestS} ${text}`)
    throw new LvslabError('assertion', 'LVSLAB_E_JOURNAL_LINE', `${this.node.name} never logged ${String(pattern)}`, {
      tried: 'read its journal',
      seen: last.join('\n'),
    })
  }
}

/** /proc/uptime has hundredths of a second, cut off. */
const UPTIME_STEP_MS = 10

/** Bounds of what is to be added to a machine's time since boot to get the cluster's: the closest of a few looks. */
async function guestClock(cluster: Cluster, node: Node): Promise<{ earliestMs: number; latestMs: number }> {
  let best = { earliestMs: -Infinity, latestMs: Infinity }
  for (let look = 0; look < 4; look++) {
    const before = cluster.clock.now()
    const { stdout } = await node.run('read -r up _ </proc/uptime; echo $up', { pollMs: 5 })
    const uptimeMs = Number(stdout) * 1000
    // Every look gives true bounds, so together they may be closer than any of them.
    best = {
      earliestMs: Math.max(best.earliestMs, before - uptimeMs - UPTIME_STEP_MS),
      latestMs: Math.min(best.latestMs, cluster.clock.now() - uptimeMs),
    }
  }
  return best
}
