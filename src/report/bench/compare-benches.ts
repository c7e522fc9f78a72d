import { UsageError } from '../../errors.ts'
import { YARDSTICK } from '../../run/bench/targets.ts'
import type { BenchFigure, BenchRecord } from '../../run/bench/record.ts'
import { RUN_SCHEMA, type ClaimRecord, type RunRecord } from '../../run/record.ts'
import type { ComparedRun, Comparison, Setting } from '../compare/comparison.ts'
import { compareRuns, type KnownFloors } from '../compare/compare-runs.ts'
import { percentText } from './quantity.ts'

/**
 * What changed from one performance suite to another: the figures that both have, by the tests of {@link compareRuns}.
 * No change is named that is not larger than what either suite differed from itself by, nor than what the client's own
 * web server, which no director and no cable touches, changed from one to the other: that is the host.
 *
 * @param noise - two suites of one thing on this machine
 * @throws UsageError `LVSLAB_E_COMPARE_UNLIKE` when they have nothing in common
 */
export function compareBenches(
  a: BenchRecord,
  b: BenchRecord,
  noise?: readonly [BenchRecord, BenchRecord],
): Comparison {
  const inBoth = new Set(a.figures.map(keyOf).filter((key) => b.figures.some((figure) => keyOf(figure) === key)))
  if (inBoth.size === 0) {
    throw new UsageError('LVSLAB_E_COMPARE_UNLIKE', 'the two performance suites have no figure in common', {
      seen: `A measured ${sectionsOf(a)}, B ${sectionsOf(b)}`,
      todo: 'give two suites that measured the same sections (lvslab bench --only …)',
    })
  }
  const runOf = (record: BenchRecord): RunRecord => asRun(record, inBoth)
  const whole = compareRuns(runOf(a), runOf(b), noise && [runOf(noise[0]), runOf(noise[1])], knownFloors(a, b))
  // A suite has no verdicts to set side by side.
  const { alike: _, ...result } = whole
  const calls = <T extends ComparedRun>(run: T): T => ({ ...run, calls: 'variant' })
  const settings = [...result.settings, ...ownSettings(a, b)]
  const compared = { a: calls(result.a), b: calls(result.b), settings }
  return { ...result, ...compared, ...(result.noise && { noise: [calls(result.noise[0]), calls(result.noise[1])] }) }
}

function keyOf({ section, variant, name, unit }: BenchFigure): string {
  return JSON.stringify([idOf({ section, variant }), name, unit])
}

function idOf({ section, variant }: Pick<BenchFigure, 'section' | 'variant'>): string {
  return `${section}, ${variant}:`
}

function sectionsOf({ sections }: BenchRecord): string {
  return sections.map(({ id }) => id).join(', ') || 'nothing'
}

function ownSettings(a: BenchRecord, b: BenchRecord): Setting[] {
  const impaired = ({ impairments }: BenchRecord): string => impairments.join(', ') || 'nothing'
  const size = ({ quick }: BenchRecord): string => (quick ? 'quick' : 'default')
  const all: Setting[] = [
    { name: 'impaired', a: impaired(a), b: impaired(b) },
    { name: 'size', a: size(a), b: size(b) },
    { name: 'sections', a: sectionsOf(a), b: sectionsOf(b) },
  ]
  return all.filter((setting) => setting.a !== setting.b)
}

/** How far a figure of either suite may lie from the other's for reasons of the host, as a share, by the figure's name. */
export function floorShare(a: BenchRecord, b: BenchRecord, name: string): number {
  const own = [...a.noise, ...b.noise].filter((noise) => noise.name === name)
  const noise = Math.max(0, ...own.map(({ sameBoot = 0, twoBoots = 0 }) => Math.max(sameBoot, twoBoots)))
  return (1 + noise) * (1 + drift(a, b, name)) - 1
}

/** What the client's own web server changed by. It has no director: for what that spends, its requests stand. */
function drift(a: BenchRecord, b: BenchRecord, name: string): number {
  const wanted = name.startsWith('director CPU per 1,000 conn')
    ? 'new connections'
    : name.startsWith('director CPU')
      ? 'requests with keep-alive'
      : name.startsWith('fresh request')
        ? 'fresh request answered by client'
        : name
  const of = ({ figures }: BenchRecord): number | undefined =>
    figures.find((figure) => figure.variant === YARDSTICK && figure.name === wanted)?.median
  const [one, other] = [of(a), of(b)]
  return one === undefined || other === undefined ? 0 : Math.max(one, other) / Math.min(one, other) - 1
}

function knownFloors(a: BenchRecord, b: BenchRecord): KnownFloors {
  const floors = new Map(
    a.figures.map((figure) => {
      // A machine that is so much slower shows in a time as that much more, and in a rate as that much less.
      const other = b.figures.find((one) => keyOf(one) === keyOf(figure))?.median ?? figure.median
      const floor = floorShare(a, b, figure.name) * Math.min(figure.median, other)
      return [keyOf(figure), { floor, range: 0 }] as const
    }),
  )
  const told = ['new connections', 'requests with keep-alive', 'fresh request answered by client']
  const has = ({ figures }: BenchRecord, name: string): boolean =>
    figures.some((figure) => figure.variant === YARDSTICK && figure.name === name)
  const drifts = told
    .filter((name) => has(a, name) && has(b, name))
    .map((name) => `${percentText(drift(a, b, name))} in ${name}`)
  return {
    said:
      'No change is named that is not larger than what either suite differed from itself by, on one boot and between ' +
      `two, and what the client's own web server changed by from A to B (${drifts.join(', ') || 'not measured'});`,
    floors,
  }
}

/** A suite as a run: each variant a claim that was repeated as often as it was measured. */
function asRun(record: BenchRecord, inBoth: ReadonlySet<string>): RunRecord {
  const shared = record.figures.filter((figure) => inBoth.has(keyOf(figure)))
  const { id, lvslab, startedAt, durationMs, command, host, engine, kernel, keepalived, userland, interrupted } = record
  return {
    ...{ schema: RUN_SCHEMA, id, lvslab, startedAt, durationMs, command, host, engine, kernel, keepalived, userland },
    ...{ phases: {}, topologies: [], verdict: 'pass', interrupted },
    claims: [...new Set(shared.map(idOf))].flatMap((claim) => claimsOf(claim, shared)),
  }
}

function claimsOf(id: string, figures: readonly BenchFigure[]): ClaimRecord[] {
  const own = figures.filter((figure) => idOf(figure) === id)
  return Array.from({ length: Math.max(...own.map(({ samples }) => samples.length)) }, (_, round): ClaimRecord => {
    return {
      ...{ id, topology: 'bench', title: id, negative: false, verdict: 'pass', durationMs: 0, attempt: 1 },
      ...{ assertions: [], timelines: [], findings: [], evidence: [] },
      figures: own.flatMap(({ name, unit, samples }) => {
        const value = samples[round]
        return value === undefined ? [] : [{ name, unit, value }]
      }),
    }
  })
}
