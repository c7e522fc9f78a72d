import { oneLine, shorten, wrap } from '../text.ts'
import type { Comparison, Direction } from './comparison.ts'
import {
  answer,
  countsText,
  differenceText,
  DIRECTION_MARK,
  footing,
  runText,
  sampleText,
  whyUndecided,
  windowText,
} from './words.ts'

const REASON = 300

/** A comparison for a terminal. */
export function renderCompareText(
  comparison: Comparison,
  options: { readonly color: boolean; readonly width: number },
): string {
  const width = Math.max(40, Math.floor(options.width))
  const paint = (code: number, text: string): string => (options.color ? `\u001b[${code}m${text}\u001b[0m` : text)
  const hue: Readonly<Record<Direction, number>> = { worse: 31, better: 32, other: 33 }
  const lines: string[] = []
  const say = (text: string, indent: number, hang = 0): void => {
    lines.push(...wrap(oneLine(text), width - indent, hang).map((line) => ' '.repeat(indent) + line))
  }
  const section = (title: string, items: readonly (readonly [Direction, string, (string | undefined)?])[]): void => {
    if (items.length === 0) return
    lines.push('', ` ${paint(1, title)}`)
    for (const [direction, text, more] of items) {
      const [first = '', ...rest] = wrap(oneLine(text), width - 5, 2)
      lines.push(
        `   ${paint(hue[direction], DIRECTION_MARK[direction])} ${first}`,
        ...rest.map((line) => `     ${line}`),
      )
      if (more !== undefined) say(more, 7)
    }
  }
  const { verdicts, claims, findings, windows, figures, settings, noise } = comparison

  say(`A: ${runText(comparison.a)}`, 1, 3)
  say(`B: ${runText(comparison.b)}`, 1, 3)
  if (noise) say(`noise: ${runText(noise[0])}; ${runText(noise[1])}`, 1, 3)
  section(
    'Made differently',
    settings.map(({ name, a, b }) => ['other', `${name}: ${a} → ${b}`]),
  )
  section(
    'Verdicts',
    verdicts.map(
      ({ id, title, a, b, direction, reason }) =>
        [
          direction,
          `${id} ${countsText(a)} → ${countsText(b)}: ${title}`,
          reason === undefined ? undefined : shorten(oneLine(reason), REASON),
        ] as const,
    ),
  )
  section(
    'Claims only in A',
    claims.removed.map(({ id, text }) => ['other', `${id} ${text}`]),
  )
  section(
    'Claims only in B',
    claims.added.map(({ id, text }) => ['other', `${id} ${text}`]),
  )
  section(
    'Findings only in A',
    findings.vanished.map(({ id, text }) => ['other', `${id} ${text}`]),
  )
  section(
    'Findings only in B',
    findings.appeared.map(({ id, text }) => ['other', `${id} ${text}`]),
  )
  section(
    'Left their windows',
    windows.left.map((one) => ['worse', `${one.id} ${one.name}: ${windowText(one)}`]),
  )
  section(
    'Came back into their windows',
    windows.cameBack.map((one) => ['better', `${one.id} ${one.name}: ${windowText(one)}`]),
  )
  section(
    'Figures',
    figures.changed.map(({ id, name, unit, a, b, difference, differenceInterval, direction }) => [
      direction,
      `${id} ${name} ${differenceText(difference, differenceInterval, unit)}`,
      `${sampleText(a, unit)} → ${sampleText(b, unit)}`,
    ]),
  )
  const gone = [
    ...figures.onlyA.map((one) => ({ ...one, where: 'A' })),
    ...figures.onlyB.map((one) => ({ ...one, where: 'B' })),
  ]
  section(
    'Figures only in one',
    gone.map(({ id, text, where }) => ['other', `${id} ${text}: only in ${where}`]),
  )

  lines.push('')
  const verdict = comparison.worse ? 31 : comparison.different ? 33 : 32
  lines.push(` ${paint(verdict, paint(1, answer(comparison)))}`)
  const undecided = whyUndecided(comparison)
  if (undecided !== undefined) say(undecided, 3)
  for (const line of footing(comparison)) say(line, 3)
  lines.push(`   ${DIRECTION_MARK.worse} worse  ${DIRECTION_MARK.better} better  ${DIRECTION_MARK.other} neither`)
  return `${lines.join('\n').replaceAll('\u202f', ' ')}\n`
}
