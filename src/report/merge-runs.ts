import { join, relative } from 'node:path'
import { UsageError } from '../errors.ts'
import type { CalibrationRecord, ClaimRecord, RunRecord, RunShard } from '../run/record.ts'
import { worstVerdict } from './summary.ts'

export interface GivenRun {
  readonly run: RunRecord
  /** Absolute: its folder, which its evidence paths are relative to. */
  readonly folder: string
}

/** What must be one and the same, for one record has one of each. */
const SAME = ['lvslab', 'engine', 'kernel', 'keepalived', 'userland'] as const

/**
 * Makes one record of several runs' (shards of one selection). Evidence paths become relative to `outDir`. Shards
 * become the unsharded run: its claims in their order, and those whose shard left no record failed for it. The host is
 * the first run's, the calibration the worst of all; `parts` has all. `durationMs` and `phases` are sums: what the machines worked, however many did.
 * @throws UsageError `LVSLAB_E_RUNS_OVERLAP` when a claim is in two runs (none of the two is the right one: `lvslab
 * compare` shows how they differ), `LVSLAB_E_RUNS_DIFFER` when they tested different things
 */
export function mergeRuns(given: readonly GivenRun[], outDir: string): RunRecord {
  const runs = given.map(({ run }) => run)
  const [first] = runs
  if (!first) throw new UsageError('LVSLAB_E_RUN_NOT_FOUND', 'there is no run to merge')
  refuseOverlap(given)
  refuseDifferent(given)
  const there = given.flatMap(({ run, folder }) => run.claims.map((claim) => moved(claim, folder, outDir)))
  const whole = wholeOf(runs)
  const claims = inOrder(there, whole)
  const names = [...new Set(whole?.map(({ topology }) => topology))]
  const topologies = new Map(
    runs
      .flatMap((run) => run.topologies)
      .toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
      .map((topology) => [topology.name, topology] as const),
  )
  const calibration = worstCalibration(runs.flatMap((run) => run.calibration ?? []))
  const { shard: _, calibration: __, ...rest } = first
  const phases: Record<string, number> = {}
  for (const run of runs) {
    for (const [phase, ms] of Object.entries(run.phases)) phases[phase] = (phases[phase] ?? 0) + ms
  }
  return {
    ...rest,
    id: runs.map(({ id }) => id).join('+'),
    startedAt: runs.map(({ startedAt }) => startedAt).reduce((a, b) => (a < b ? a : b)),
    durationMs: runs.reduce((sum, { durationMs }) => sum + durationMs, 0),
    phases,
    topologies: [...topologies.values()],
    ...(calibration === undefined ? {} : { calibration }),
    claims,
    verdict: worstVerdict(claims.map(({ verdict }) => verdict)),
    interrupted: runs.some(({ interrupted }) => interrupted),
    parts: runs.flatMap((run) => run.parts ?? [pick(run, ['id', 'startedAt', 'durationMs', 'command', 'host'])]),
  }
}

/** All claims of the selection that runs are shards of; undefined where they are not, or not of one. */
function wholeOf(runs: readonly RunRecord[]): RunShard['claims'] | undefined {
  const [first] = runs.map(({ shard }) => shard)
  const alike = (shard: RunShard | undefined): string => JSON.stringify([shard?.count, shard?.claims])
  if (first === undefined || runs.some(({ shard }) => alike(shard) !== alike(first))) return undefined
  return first.claims
}

/** In the order of the whole selection; what of it no shard has is there as what it is: not proven. */
function inOrder(claims: readonly ClaimRecord[], whole: RunShard['claims'] | undefined): ClaimRecord[] {
  if (whole === undefined) return [...claims]
  const position = new Map(whole.map(({ id }, at) => [id, at]))
  const present = new Set(claims.map(({ id }) => id))
  const lost = whole.filter(({ id }) => !present.has(id)).map(lostClaim)
  return [...claims, ...lost].sort((a, b) => (position.get(a.id) ?? 0) - (position.get(b.id) ?? 0))
}

function lostClaim(claim: RunShard['claims'][number]): ClaimRecord {
  return {
    ...claim,
    verdict: 'fail',
    reason: 'none of the shards has it: one of them is missing, or was cut short, or they were split differently',
    code: 'LVSLAB_E_SHARD_MISSING',
    errorKind: 'infrastructure',
    ...{ figures: [], assertions: [], timelines: [], findings: [], evidence: [] },
    ...{ durationMs: 0, attempt: 1 },
  }
}

function worstCalibration(all: readonly CalibrationRecord[]): CalibrationRecord | undefined {
  const worst = worstVerdict(all.map(({ verdict }) => verdict))
  return all.find(({ verdict }) => verdict === worst)
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
