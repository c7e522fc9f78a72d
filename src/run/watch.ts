import type { ClusterTime } from '../clock.ts'
import type { Cluster } from '../cluster/index.ts'
import {
  askForAll,
  askForProcesses,
  type Inspection,
  type Invariant,
  type InvariantName,
  isInspection,
  type Look,
  type NodeReports,
} from '../verdict/index.ts'
import type { Assertion } from './record.ts'

/** Why a claim breaks an invariant on purpose. */
export type Excuses = Readonly<Partial<Record<InvariantName, string>>>

interface Watched {
  readonly cluster: Cluster
  readonly since: ClusterTime
  readonly rule: Invariant | Inspection
  readonly excuse: string | undefined
}

/** The rules that must hold all the while, of all clusters of a claim. */
export class Watch {
  readonly #watched: Watched[] = []
  readonly #before = new Map<Cluster, Promise<NodeReports>>()

  /** From now on. A rule that is watched already is not watched twice; its excuse counts. */
  add(cluster: Cluster, rule: Invariant | Inspection, excuses: Excuses = {}): void {
    const excuse = excuses[rule.name]
    const known = this.#watched.findIndex((one) => one.cluster === cluster && one.rule.text === rule.text)
    const since = this.#watched[known]?.since ?? cluster.clock.now()
    const watched = { cluster, since, rule, excuse: excuse ?? this.#watched[known]?.excuse }
    if (known < 0) this.#watched.push(watched)
    else this.#watched[known] = watched
    if (isInspection(rule) && !this.#before.has(cluster)) this.#before.set(cluster, askForProcesses(cluster))
  }

  /** What came of each. Machines are asked once, whatever the number of rules. Never rejects. */
  async lookBack(): Promise<Assertion[]> {
    const after = new Map<Cluster, NodeReports>()
    for (const [cluster, before] of this.#before) {
      await before
      after.set(cluster, await askForAll(cluster))
    }
    const ends = new Map<Cluster, ClusterTime>()
    for (const cluster of new Set(this.#watched.map((watched) => watched.cluster))) {
      ends.set(cluster, cluster.clock.now())
      // A wire that has ended has all that it will ever have.
      await cluster.wire.catchUp().catch(() => undefined)
    }
    const assertions: Assertion[] = []
    for (const watched of this.#watched) {
      const { cluster, since, rule } = watched
      const until = ends.get(cluster)!
      const look: Look = isInspection(rule)
        ? await rule
            .look({
              ...{ cluster, since, until },
              before: (await this.#before.get(cluster)) ?? new Map(),
              after: after.get(cluster) ?? new Map(),
            })
            .catch((error: unknown) => ({ violations: [], undecided: [`it could not be looked at: ${String(error)}`] }))
        : { violations: rule.violations(cluster, since, until) }
      assertions.push(assertionOf(watched, look))
    }
    return assertions
  }
}

function assertionOf({ rule, excuse }: Pick<Watched, 'rule' | 'excuse'>, look: Look): Assertion {
  const { violations, undecided = [], excused = [], seen } = look
  const broken = violations.length > 0
  const missed = [...violations, ...undecided]
  // What is broken on purpose needs no other explanation: had it been decided, it would not count either.
  const onPurpose = excuse !== undefined && missed.length > 0
  const excuses = onPurpose ? [...excused, `${excuse}: ${missed.join('; ')}`] : excused
  const detail = broken ? violations.join('\n') : seen
  return {
    text: `always: ${rule.text}`,
    ok: !broken || excuse !== undefined,
    ...(detail === undefined ? {} : { detail }),
    ...(excuses.length === 0 ? {} : { excused: excuses.join('\n') }),
    ...(undecided.length === 0 || onPurpose ? {} : { undecided: undecided.join('\n') }),
  }
}
