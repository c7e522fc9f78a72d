import { after, type ClusterTime } from '../../clock.ts'
import type { Cluster } from '../../cluster/index.ts'
import { describeTime } from '../../fabric/index.ts'
import { withoutPrefix } from '../../topology/ipv4.ts'
import { CHECKER_CLOSE } from '../windows/version-table.ts'
import { forVersion } from '../windows/versions.ts'
import { EARLY_TOLERANCE_MS, STEP_TOLERANCE_MS } from '../windows/index.ts'
import type { Inspection, Look } from './invariant.ts'
import { type Probe, probesOf, type Watched, watchedCheckers } from './probes.ts'

/** What may lie between the beginnings of two probes, ms. */
interface Bounds {
  readonly minMs: number
  /** Absent after a probe that failed: where nobody answers ARP the next cannot be seen. */
  readonly maxMs?: number
}

interface Gap {
  readonly watched: Watched
  readonly from: ClusterTime
  readonly to: ClusterTime
  /** By how much it misses its bounds, ms; not positive where it does not. */
  readonly missMs: number
  readonly late: boolean
  readonly text: string
}

/**
 * Health checks come at the rhythm of the configuration: after a probe that was answered the next begins delay_loop after
 * its end; after one that failed, delay_loop or delay_before_retry, whichever is shorter, at the earliest. What was done
 * to the director or the server meanwhile excuses a gap; lateness that explains a miss leaves it undecided.
 */
export const probesKeepTheirRhythm: Inspection = {
  name: 'probe-rhythm',
  text: 'health checks come at the configured rhythm',
  look: async ({ cluster, since, until, before }): Promise<Look> => {
    const events = cluster.wire.within({ since, until })
    const look = { violations: [] as string[], undecided: [] as string[], excused: [] as string[] }
    let probes = 0
    for (const watched of await watchedCheckers(cluster)) {
      const seen = probesOf(watched, events)
      probes += seen.length
      // Nobody misses the checks of a daemon that did not run when the watch began.
      const ran = (before.get(watched.director.name)?.processes.length ?? 0) > 0
      const gaps = [...gapsOf(watched, seen), ...(ran ? silence(watched, seen, since, until) : [])]
      for (const gap of gaps) {
        if (gap.missMs <= 0) continue
        const { as, why } = await standing(cluster, gap)
        look[as].push(why === undefined ? gap.text : `${gap.text}: ${why}`)
      }
    }
    return {
      violations: look.violations.slice(0, 5),
      undecided: look.undecided.slice(0, 5),
      excused: look.excused.slice(0, 5),
      seen: `${probes} probes`,
    }
  },
}

interface Standing {
  readonly as: 'violations' | 'undecided' | 'excused'
  readonly why?: string
}

async function standing(cluster: Cluster, gap: Gap): Promise<Standing> {
  const { director, server, version } = gap.watched
  const servers = cluster.nodes.filter((node) => node.hasAddress(server))
  // The first SYN that is seen after a cable came back may be the repetition of one that went nowhere: its probe began up
  // to connect_timeout earlier.
  const from = after(gap.from, -gap.watched.checker.connectTimeoutS * 1000)
  const touched = [director, ...servers].some(
    ({ name }) =>
      cluster.doings.touching(name, from, gap.to).length > 0 || wasUnplugged(cluster, name, { from, to: gap.to }),
  )
  if (touched) return { as: 'excused' }
  const machines = [director.name, ...servers.map(({ name }) => name)]
  const { machineMs, fabricMaxMs } = await cluster.lateness(gap.from, { until: gap.to, machines })
  // A probe that comes early may follow one that came late.
  const before = await cluster.lateness(after(gap.from, -BEFORE_MS), { until: gap.from, machines })
  const lateMs = fabricMaxMs + (gap.late ? machineMs : before.machineMs)
  if (gap.missMs <= lateMs) return { as: 'undecided' }
  const rules = forVersion(CHECKER_CLOSE.rows, version, CHECKER_CLOSE.what)
  const mayBlockMs = Math.max(...rules.map(({ blocksUpToMs }) => blocksUpToMs))
  const blockedMs = gap.late && closedInVain(cluster, gap, mayBlockMs) ? mayBlockMs : 0
  if (gap.missMs > lateMs + blockedMs) return { as: 'violations' }
  // The version's own way, not the machine's lateness: a second try would show the same.
  return {
    as: 'excused',
    why: `closing a connection blocks this checker for up to ${blockedMs} ms (${CHECKER_CLOSE.source})`,
  }
}

const BEFORE_MS = 500

/** Whether a connection of the director's was closed and nobody acknowledged it: its FIN was sent again. */
function closedInVain(cluster: Cluster, { watched: { director }, from, to }: Gap, mayBlockMs: number): boolean {
  if (mayBlockMs === 0) return false
  const own = new Set(director.spec.interfaces.map(({ address }) => withoutPrefix(address)))
  const closed = new Set<string>()
  return cluster.wire.within({ since: after(from, -mayBlockMs), until: to }).some((event) => {
    if (event.type !== 'tcp' || !event.fin || !own.has(event.srcIp)) return false
    const key = `${event.srcPort} ${event.dstIp}:${event.dstPort} ${event.seq}`
    const again = closed.has(key)
    closed.add(key)
    return again
  })
}

function wasUnplugged(cluster: Cluster, node: string, { from, to }: Pick<Gap, 'from' | 'to'>): boolean {
  return cluster.wire
    .within({ since: from, until: to })
    .some((event) => event.type === 'cable' && event.cable.startsWith(`${node}:`))
}

export function gapsOf(watched: Watched, probes: readonly Probe[]): Gap[] {
  return probes.slice(1).map((probe, index) => {
    const previous = probes[index]!
    const ms = probe.at - previous.at
    const { minMs, maxMs = Infinity } = boundsAfter(watched, previous)
    // The shortest and the longest that may lie between their beginnings.
    const [leastMs, mostMs] = [probe.earliest - previous.at, probe.at - previous.earliest]
    const late = leastMs > maxMs
    const { director, server, port, checker } = watched
    const target = `${checker.kind} of ${server}${port === 0 ? '' : `:${port}`} by ${director.name}`
    return {
      ...{ watched, from: previous.at, to: probe.at, late },
      missMs: late ? leastMs - maxMs : minMs - mostMs,
      text: `${describeTime(probe.at)}: ${target} came ${ms.toFixed(0)} ms after the one before, expected ${bounds(minMs, maxMs)}`,
    }
  })
}

function boundsAfter({ checker }: Watched, { at, endAt, ok }: Probe): Bounds {
  const { delayLoopS, delayBeforeRetryS, fastRecovery } = checker
  const shortestS = ok ? delayLoopS : Math.min(delayLoopS, delayBeforeRetryS)
  // An early one may only seem so: the one before left late. That is the step's tolerance; more is the machine's lateness.
  const minMs = fastRecovery ? 0 : Math.max(0, shortestS * 1000 - EARLY_TOLERANCE_MS - STEP_TOLERANCE_MS)
  return ok ? { minMs, maxMs: endAt - at + delayLoopS * 1000 + 3 * STEP_TOLERANCE_MS } : { minMs }
}

/** No probe at all, or none after the last that was answered. */
function silence(watched: Watched, probes: readonly Probe[], since: ClusterTime, until: ClusterTime): Gap[] {
  const { director, server, checker } = watched
  const last = probes.at(-1)
  if (last && !last.ok) return []
  // Without one before it is not known how the last ended, which may have waited for its time-outs.
  const first = { minMs: 0, maxMs: (checker.delayLoopS + checker.warmupS + 2 * checker.connectTimeoutS + 1) * 1000 }
  const { maxMs = Infinity } = last ? boundsAfter(watched, last) : first
  const from = last?.at ?? since
  const ms = until - from
  const text = `${describeTime(until)}: no ${checker.kind} of ${server} by ${director.name} for ${ms.toFixed(0)} ms, expected within ${maxMs.toFixed(0)}`
  return [{ watched, from, to: until, missMs: ms - maxMs, late: true, text }]
}

function bounds(minMs: number, maxMs: number): string {
  return maxMs === Infinity ? `not before ${minMs.toFixed(0)} ms` : `${minMs.toFixed(0)}..${maxMs.toFixed(0)} ms`
}
