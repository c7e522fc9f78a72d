import { join, relative } from 'node:path'
import { UsageError } from '../errors.ts'
import type { ClaimRecord, RunRecord } from '../run/record.ts'
import { worstVerdict } from './summary.ts'

export interface GivenRun {
  readonly run: RunRecord
  /** Absolute: its folder, which its evidence paths are relative to. */
  readonly folder: string
}

/** What must be one and the same, for one record has one of each. */
const SAME = ['lvslab', 'engine', 'kernel', 'keepalived', 'userland'] as const

/**
 * Makes one record of several runs' (shards of one selection). Evidence paths become relative to `outDir`. The host is
 * the first run's; `parts` has all. `durationMs` and `phases` are sums: what the machines worked, however many did.
 * @throws UsageError `LVSLAB_E_RUNS_OVERLAP` when a claim is in two runs (none of the two is the right one: `lvslab
 * compare` shows how they differ), `LVSLAB_E_RUNS_DIFFER` when they tested different things
 */
export function mergeRuns(given: readonly GivenRun[], outDir: string): RunRecord {
  const runs = given.map(({ run }) => run)
  const [first] = runs
  if (!first) throw new UsageError('LVSLAB_E_RUN_NOT_FOUND', 'there is no run to merge')
  refuseOverlap(given)
  refuseDifferent(given)
  const topologies = new Map(
    runs.flatMap((run) => run.topologies.map((topology) => [topology.name, topology] as const)),
  )
  const claims = given.flatMap(({ run, folder }) => run.claims.map((claim) => moved(claim, folder, outDir)))
  const phases: Record<string, number> = {}
  for (const run of runs) {
    for (const [phase, ms] of Object.entries(run.phases)) phases[phase] = (phases[phase] ?? 0) + ms
  }
  return {
    ...first,
    id: runs.map(({ id }) => id).join('+'),
    startedAt: runs.map(({ startedAt }) => startedAt).reduce((a, b) => (a < b ? a : b)),
    durationMs: runs.reduce((sum, { durationMs }) => sum + durationMs, 0),
    command: first.command,
    phases,
    topologies: [...topologies.values()],
    claims,
    verdict: worstVerdict(runs.map(({ verdict }) => verdict)),
    interrupted: runs.some(({ interrupted }) => interrupted),
    parts: runs.flatMap((run) => run.parts ?? [pick(run, ['id', 'startedAt', 'durationMs', 'command', 'host'])]),
  }
}

function refuseOverlap(given: readonly GivenRun[]): void {
  const owner = new Map<string, GivenRun>()
  const twice = new Set<string>()
  for (const one of given) {
    for (const { id } of one.run.claims) {
      const other = owner.get(id)
      if (other !== undefined && other !== one) twice.add(id)
      owner.set(id, one)
    }
  }
  if (twice.size === 0) return
  throw new UsageError('LVSLAB_E_RUNS_OVERLAP', 'several of the runs have the same claims', {
    tried: 'make one record of them',
    seen: [...twice].join(', '),
    todo: 'leave one of the runs out; npx lvslab compare A B shows how two differ',
  })
}

function refuseDifferent(given: readonly GivenRun[]): void {
  const differing = SAME.filter((key) => new Set(given.map(({ run }) => run[key])).size > 1).map(
    (key) => `${key}: ${[...new Set(given.map(({ run }) => run[key]))].join(', ')}`,
  )
  const accelerations = [...new Set(given.map(({ run }) => run.host.acceleration))]
  if (accelerations.length > 1) differing.push(`acceleration: ${accelerations.join(', ')}`)
  if (differing.length === 0) return
  throw new UsageError('LVSLAB_E_RUNS_DIFFER', 'the runs tested different things', {
    tried: 'make one record of them',
    seen: differing.join('\n'),
    todo: 'merge runs of one kind; npx lvslab compare A B shows how two differ',
  })
}

function moved(claim: ClaimRecord, from: string, to: string): ClaimRecord {
  const there = (path: string): string => relative(to, join(from, path))
  return {
    ...claim,
    evidence: claim.evidence.map((item) => ({ ...item, path: there(item.path) })),
    ...(claim.folder === undefined ? {} : { folder: there(claim.folder) }),
  }
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}
