import { after, type ClusterTime } from '../clock.ts'
import type { Cluster, Node } from '../cluster/index.ts'
import type { EventMatcher } from '../fabric/index.ts'
import { type Coverage, coverageOf, type Judgement, type Window } from '../verdict/index.ts'
import { windowOf, type Measurements } from './measurements.ts'
import type { Figure, Sweep } from './record.ts'

/** What one phase of a sweep was measured at. */
export interface SweepPoint {
  /** ms. */
  readonly value: number
  /** When the measured span began. */
  readonly since: ClusterTime
  /** How much longer the span may have been, ms. */
  readonly uncertaintyMs?: number
}

export interface SweepOptions {
  readonly name: string
  readonly window: Window
  /** How many. */
  readonly phases: number
  /** Whose lateness can have caused a miss. Default: anybody's. */
  readonly of?: readonly Node[]
  /** @param phase - part of the interval, 0 to 1 */
  readonly strike: (phase: number) => Promise<SweepPoint>
}

/**
 * Waits until a part of an interval has passed since its beginning, which an event on the wire marks: an advert, a health
 * check. Answers that moment, on the cluster's clock.
 *
 * @param phase - 0: as the event is seen; 0.5: in the middle between it and the next
 */
export async function atPhase(
  cluster: Cluster,
  { anchor, intervalMs, phase }: { readonly anchor: EventMatcher; readonly intervalMs: number; readonly phase: number },
): Promise<ClusterTime> {
  const { at } = await cluster.wire.waitFor(anchor, { since: cluster.clock.now(), timeoutMs: 2 * intervalMs + 15_000 })
  const moment = after(at, phase * intervalMs)
  await cluster.clock.until(moment)
  return moment
}

type Point = Sweep['points'][number] & { readonly judgement: Judgement | undefined }

/** Strikes at each phase and judges what was measured; the coverage is a figure, too. */
export async function sweepOver(
  measured: Measurements,
  cluster: Cluster,
  { name, window, phases, of, strike }: SweepOptions,
  say: (line: string) => void,
): Promise<{ readonly coverage: Coverage; readonly record: Sweep; readonly outside: readonly Point[] }> {
  const points: Point[] = []
  for (let count = 0; count < phases; count++) {
    const phase = count / phases
    say(`${name}: phase ${count + 1} of ${phases}`)
    const { value, since, uncertaintyMs = 0 } = await strike(phase)
    const measurement = { name: `${name} at phase ${phase.toFixed(3)}`, value, window, since, uncertaintyMs }
    const judgement = await measured.judge(cluster, { ...measurement, ...(of === undefined ? {} : { of }) })
    points.push({ phase, value: Math.round(value * 1000) / 1000, within: judgement === 'inside', judgement })
  }
  const coverage = coverageOf(
    points.map(({ value }) => value),
    window,
  )
  measured.figures.push({ name: `coverage of the window: ${name}`, ...coverageFigure(coverage, phases) })
  const { share, largestGapMs, lowSlackMs, highSlackMs } = coverage
  return {
    coverage,
    record: {
      name,
      window: windowOf(window),
      points: points.map(({ phase, value, within }) => ({ phase, value, within })),
      ...{ share, largestGapMs, lowSlackMs, highSlackMs },
    },
    outside: points.filter(({ judgement }) => judgement === 'outside'),
  }
}

function coverageFigure(
  { share, largestGapMs, lowSlackMs, highSlackMs }: Coverage,
  phases: number,
): Omit<Figure, 'name'> {
  const ms = (figure: number): string => `${figure.toFixed(0)} ms`
  return {
    value: Math.round(share * 1000) / 1000,
    unit: 'share',
    note: `${phases} phases; largest gap ${ms(largestGapMs)}, ${ms(lowSlackMs)} from the lower end, ${ms(highSlackMs)} from the upper`,
  }
}
