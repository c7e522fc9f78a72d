import { figureText } from '../quantity.ts'
import { VERDICT_WORD } from '../summary.ts'
import { oneLine, plural } from '../text.ts'
import type { ComparedRun, Comparison, Direction, Sample, VerdictCounts, WindowChange } from './comparison.ts'
import type { Interval } from './interval.ts'

/** A mark and never colour alone. */
export const DIRECTION_MARK: Readonly<Record<Direction, string>> = { worse: '▲', better: '▼', other: '◆' }
export const DIRECTION_WORD: Readonly<Record<Direction, string>> = { worse: 'worse', better: 'better', other: 'other' }

/** "pass", "17 pass, 3 fail". */
export function countsText(counts: VerdictCounts): string {
  const all = (['fail', 'inconclusive', 'skip', 'pass'] as const).filter((verdict) => (counts[verdict] ?? 0) > 0)
  const [only] = all
  if (all.length === 1 && only !== undefined && counts[only] === 1) return VERDICT_WORD[only]
  return all.map((verdict) => `${counts[verdict]} ${VERDICT_WORD[verdict]}`).join(', ')
}

export function valueText(value: number, unit: string): string {
  return oneLine(figureText({ value, unit }).value)
}

/** Both ends in one unit: "4.81–5.32 ms". */
export function intervalText(interval: Interval, unit: string): string {
  const window = { min: interval.from, max: interval.to, formula: '', source: '' }
  const text = figureText({ value: interval.to, unit, window }).window ?? ''
  return oneLine(text)
}

/** "4.12 ms (4.05–4.20 ms, 20 times)". */
export function sampleText({ count, median, interval }: Sample, unit: string): string {
  if (count === 1) return `${valueText(median, unit)} (once)`
  const times = `${count} times`
  return `${valueText(median, unit)} (${interval === undefined ? times : `${intervalText(interval, unit)}, ${times}`})`
}

export function differenceText(difference: number, interval: Interval | undefined, unit: string): string {
  const sign = difference > 0 ? '+' : ''
  const text = `${sign}${valueText(difference, unit)}`
  return interval === undefined ? text : `${text} (${intervalText(interval, unit)})`
}

/** "in its window → outside, 8.42 s against 0.10–7.80 s", "outside 0 of 20 → 17 of 20 times". */
export function windowText({ a, b, unit, window }: WindowChange): string {
  const bounds = window && figureText({ value: b.median, unit, window: { ...window, formula: '', source: '' } }).window
  const against = bounds === undefined ? '' : `, window ${oneLine(bounds)}`
  const times = a.of === 1 && b.of === 1 ? '' : `; outside ${a.outside} of ${a.of} → ${b.outside} of ${b.of} times`
  return `${valueText(a.median, unit)} → ${valueText(b.median, unit)}${against}${times}`
}

export function runText({ id, startedAt, claims, repeats, interrupted, calls = 'claim' }: ComparedRun): string {
  const often = repeats === 1 ? 'once each' : `up to ${repeats} times each`
  return `${id}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${plural(claims, calls)} ${often}${interrupted ? ', interrupted' : ''}`
}

/** The answer in one sentence. */
export function answer(comparison: Comparison): string {
  const { verdicts, claims, findings, windows, figures } = comparison
  if (!comparison.different) return 'no difference'
  const worse =
    windows.left.length + [...verdicts, ...figures.changed].filter(({ direction }) => direction === 'worse').length
  const all =
    [...verdicts, ...claims.added, ...claims.removed, ...findings.appeared, ...findings.vanished].length +
    [...windows.left, ...windows.cameBack, ...figures.changed].length
  return `${plural(all, 'difference')}, ${worse === 0 ? 'nothing is worse' : `${worse} for the worse`}`
}

/** What the figures' part of the answer rests on, in sentences. */
export function footing(comparison: Comparison): string[] {
  const { figures, statistics, noise, alike } = comparison
  const ended =
    alike === undefined ? [] : [`Verdicts: ${alike.claims} of ${plural(alike.of, 'claim')} in both ended alike.`]
  if (comparison.a.repeats <= 1 && comparison.b.repeats <= 1)
    return [...ended, 'Everything was measured once: only what is a yes or no can be told, as it was seen.']
  const percent = `${(statistics.falseAlarmRate * 100).toFixed(0)} %`
  const lines = [
    ...ended,
    `${plural(figures.compared, 'figure')} compared by rank tests, each at ${statistics.level.toPrecision(2)} ` +
      `(${percent} divided among ${plural(statistics.tests, 'test')}): of comparisons of two runs of the same, at most ` +
      `${percent} name anything. Intervals are 95 % by bootstrap of the median.`,
  ]
  if (comparison.knownNoise !== undefined) lines.push(`${comparison.knownNoise} ${belowText(figures.belowNoise)}`)
  if (noise) {
    lines.push(
      'No change is named that is not larger than between the two runs of the noise record' +
        (comparison.knownNoise === undefined ? `; ${belowText(figures.belowNoise)}` : '.'),
    )
  } else if (comparison.knownNoise === undefined && figures.compared > figures.undecided.length) {
    lines.push(
      'The spread is that within each run. How much this machine changes from one run to the next is not in it: ' +
        '--noise A1 A2 takes two runs of the same for that.',
    )
  }
  return lines
}

function belowText(count: number): string {
  return `${plural(count, 'difference')} ${count === 1 ? 'was' : 'were'} no larger.`
}

/** Why some figures cannot be told, and what would help; absent when all can. */
export function whyUndecided(comparison: Comparison): string | undefined {
  const { figures, statistics } = comparison
  if (figures.undecided.length === 0) return undefined
  const single = figures.undecided.every(({ a, b }) => a.count === 1 && b.count === 1)
  const why = single ? 'one measurement each' : 'too few measurements'
  const beyond = figures.undecided.filter(({ beyondNoise }) => beyondNoise === true)
  const suspects =
    beyond.length === 0
      ? ''
      : `; beyond all that the noise record showed: ${beyond.map(({ id, name }) => `${id} ${oneLine(name)}`).join(', ')}`
  return (
    `cannot tell of ${plural(figures.undecided.length, 'figure')}: ${why}; ` +
    `${comparison.a.calls === undefined ? '--repeat' : '--rounds'} ${statistics.repeatsNeeded} of both runs could tell all${suspects}`
  )
}
