import type { Inspection, Review } from './invariant.ts'
import { consoleComplaints, hasConsole } from './node-report.ts'

/** What a kernel says when it was not let to run: a machine that was as late as this says so without being ill. */
const STALLS = /stall|lockup|LOCKUP|blocked for more than/
const STALLED_MS = 10_000

/** No kernel says that it has gone wrong: by its console, which outlives the machine, or where it has none by its log at the end. */
export const kernelLogsClean: Inspection = {
  name: 'kernel-logs',
  text: 'no kernel reports an oops, a BUG, a panic or a stall',
  look: async ({ cluster, since, until, after }) => {
    const found = await Promise.all(
      cluster.nodes.map(async (node) => {
        const lines = new Set([...(after.get(node.name)?.kernelComplaints ?? []), ...(await consoleComplaints(node))])
        return [...lines].slice(0, 3).map((line) => `${node.name}: ${line.trim()}`)
      }),
    )
    const lines = found.flat()
    const consoles = cluster.nodes.filter(hasConsole).length
    const logs = cluster.nodes.filter((node) => !hasConsole(node) && after.has(node.name)).length
    const seen = [
      ...(consoles === 0 ? [] : [`${consoles} consoles`]),
      ...(logs === 0 ? [] : [`${logs} kernel logs`]),
    ].join(', ')
    if (lines.length === 0) return { violations: [], seen }
    const late = (await cluster.lateness(since, { until })).machineMs >= STALLED_MS
    const explained = (line: string): boolean => late && STALLS.test(line)
    return { violations: lines.filter((line) => !explained(line)), undecided: lines.filter(explained), seen }
  },
}

/**
 * Daemons that watch over the cluster do not die and come back unnoticed: the processes that ran at the beginning run at
 * the end, unless something was done to them or to their machine.
 */
export const sameProcesses: Inspection = {
  name: 'same-processes',
  text: "keepalived's and heartbeat's processes stay the same, unless a fault takes them",
  look: (review) => {
    const violations: string[] = []
    const excused: string[] = []
    let watched = 0
    for (const [name, before] of review.before) {
      const change = changeOf(review, name)
      watched += before.processes.length
      if (change === undefined) continue
      const [doing] = review.cluster.doings.touching(name, review.since, review.until)
      if (doing) excused.push(`${change}: ${doing.what}`)
      else violations.push(change)
    }
    return Promise.resolve({ violations, excused, seen: `${watched} processes` })
  },
}

/** What a clock may be off, of what has passed: a kernel that has measured its counter is right to 0.01 %. */
const DRIFT = 0.01

/**
 * No machine's clock goes faster than the cluster's: all its timers would be early. One that is frozen stands still, so
 * slower is no sign. A machine that has booted in between is judged by how long it took, by its own clock, to answer.
 */
export const clocksKeepTime: Inspection = {
  name: 'clocks',
  text: "no machine's clock goes faster than the cluster's",
  look: ({ since, until, before, after }) => {
    const violations = [...after].flatMap(([name, { bootId, clock }]) => {
      const was = before.get(name)
      const [first, atMost] =
        was !== undefined && was.bootId === bootId ? [was.clock, until - since] : [clock, clock.atMostMs]
      const own = atMost + first.earliestMs - clock.latestMs
      if (own <= atMost * (1 + DRIFT)) return []
      return [`${name}: by its clock at least ${own.toFixed(0)} ms passed, in at most ${atMost.toFixed(0)} ms`]
    })
    return Promise.resolve({ violations, seen: `${after.size} machines` })
  },
}

function changeOf({ cluster, before, after }: Review, name: string): string | undefined {
  if (!cluster.node(name).running) return `${name} does not run`
  const [was, is] = [before.get(name), after.get(name)]
  if (!was || !is) return undefined
  if (was.bootId !== is.bootId) return `${name} has booted again`
  const gone = was.processes.filter(({ pid }) => !is.processes.some((process) => process.pid === pid))
  if (gone.length === 0) return undefined
  return `${name}: ${gone.map(({ program, pid }) => `${program} (pid ${pid})`).join(', ')} no longer runs`
}
