import type { CalibrationRecord, ClaimRecord, Figure, RunRecord, Verdict } from '../run/record.ts'
import { calibrationSummary } from './calibration.ts'
import { evidenceFolder } from './evidence-path.ts'
import { figureLine } from './figure-line.ts'
import { madeOf } from './made-of.ts'
import { duration, standing } from './quantity.ts'
import { headline, inOrder, reproduce, totals, VERDICT_MARK, VERDICTS, whyNot } from './summary.ts'
import { sweepText } from './sweep-text.ts'
import { timelineTable, type TableLook } from './terminal-timeline.ts'
import { oneLine, plural, shorten, wrap } from './text.ts'

export interface TerminalOptions {
  /** Whether ANSI colours may be used (the caller knows NO_COLOR, CI and whether it is a terminal). */
  readonly color: boolean
  /** Columns; less than 40 is taken as 40. */
  readonly width: number
  /** Where report.html was written, for the closing line. */
  readonly reportPath?: string
}

type Ink = (text: string) => string
type Inks = Readonly<Record<Verdict | 'dim' | 'bold', Ink>>

function inks(color: boolean): Inks {
  const ink =
    (on: number, off: number): Ink =>
    (text) =>
      color ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return {
    pass: ink(32, 39),
    fail: ink(31, 39),
    inconclusive: ink(33, 39),
    skip: ink(2, 22),
    dim: ink(2, 22),
    bold: ink(1, 22),
  }
}

/** The closing summary of a run: a line per claim, its figures against their windows, and what is not a pass. */
export function renderTerminal(run: RunRecord, options: TerminalOptions): string {
  const ink = inks(options.color)
  const width = Math.max(40, Math.floor(options.width))
  const idWidth = Math.max(0, ...run.claims.map((claim) => [...shownId(claim)].length))
  const indent = 3 + idWidth + 2
  const layout = { ink, width, idWidth, indent }
  const claims = inOrder(run.claims).map((claim) => claimLines(claim, madeOf(claim, run), layout))
  const lines = [...claims.flat(), ...closing(run, ink, width, options.reportPath)]
  // A person greps a log for "3.42 s": only the page keeps the no-break spaces that held a figure and its unit together.
  return `${lines.join('\n').replaceAll('\u202f', ' ')}\n`
}

interface Layout {
  readonly ink: Inks
  readonly width: number
  readonly idWidth: number
  readonly indent: number
}

function claimLines(claim: ClaimRecord, made: string | undefined, layout: Layout): string[] {
  const { ink, width, idWidth, indent } = layout
  const hue = ink[claim.verdict]
  const title = `${claim.negative ? '(negative) ' : ''}${oneLine(claim.title)}`
  const id = shownId(claim)
  const [first = '', ...rest] = wrap(title, width - indent)
  const head = ` ${hue(VERDICT_MARK[claim.verdict])} ${ink.bold(id)}${' '.repeat(idWidth + 2 - [...id].length)}`
  const under = (text: string, paint: Ink = (line) => line, hang = 0) =>
    wrap(text, width - indent, hang).map((line) => ' '.repeat(indent) + paint(line))
  return [
    head + first,
    ...rest.map((line) => ' '.repeat(indent) + line),
    ...(made === undefined ? [] : under(oneLine(made), ink.dim, 2)),
    ...reasonLines(claim).flatMap((line) => under(line, hue)),
    ...claim.assertions
      .filter((assertion) => !assertion.ok)
      .flatMap((assertion) => under(`✗ ${oneLine(assertion.text)}${detailOf(assertion.detail)}`, ink.fail, 2)),
    ...shownFigures(claim).flatMap((figure) => under(figureLine(figure), inkOf(figure, claim, ink), 2)),
    ...(claim.sweeps ?? []).flatMap((sweep) =>
      under(`${oneLine(sweep.name)}, ${sweep.points.length} phases: ${oneLine(sweepText(sweep))}`, ink.dim, 2),
    ),
    ...claim.findings.flatMap((finding) => under(`! finding: ${oneLine(finding.text)}`, ink.inconclusive, 2)),
    ...tablesOf(claim, { ...ink, width }),
  ]
}

/** With an empty line before each, and one after the last. */
function tablesOf({ timelines }: ClaimRecord, look: TableLook): string[] {
  const tables = timelines.flatMap((timeline) => ['', ...timelineTable(timeline, look)])
  return tables.length === 0 ? [] : [...tables, '']
}

/** The timelines of a run's claims as tables, and nothing else. */
export function renderTimelines(run: RunRecord, options: Omit<TerminalOptions, 'reportPath'>): string {
  const ink = inks(options.color)
  const width = Math.max(40, Math.floor(options.width))
  const lines = inOrder(run.claims)
    .filter(({ timelines }) => timelines.length > 0)
    .flatMap((claim) => [
      ...wrap(`${shownId(claim)}  ${oneLine(claim.title)}`, width).map(ink.bold),
      ...tablesOf(claim, { ...ink, width }),
    ])
  const none = `No claim of this run recorded a timeline.`
  return `${(lines.length === 0 ? [none] : lines).join('\n').trimEnd().replaceAll('\u202f', ' ')}\n`
}

function shownId(claim: ClaimRecord): string {
  return shorten(oneLine(claim.id), 20)
}

function reasonLines(claim: ClaimRecord): string[] {
  const why = claim.verdict === 'pass' ? undefined : whyNot(claim)
  return why === undefined ? [] : [oneLine(why)]
}

function detailOf(detail: string | undefined): string {
  return detail === undefined ? '' : `: ${oneLine(detail)}`
}

/* With windows there are proofs to show; figures without one are for the page, unless they are all there is. */
function shownFigures(claim: ClaimRecord): readonly Figure[] {
  const bounded = claim.figures.filter((figure) => figure.window !== undefined)
  return bounded.length > 0 ? bounded : claim.figures
}

function inkOf(figure: Figure, claim: ClaimRecord, ink: Inks): Ink {
  const where = standing(figure)
  return where === undefined || where === 'inside' || claim.verdict === 'pass' ? ink.dim : ink[claim.verdict]
}

function closing(run: RunRecord, ink: Inks, width: number, reportPath: string | undefined): string[] {
  const sum = totals(run)
  const hue = ink[run.verdict]
  const sentence = run.interrupted && sum.claims > 0 ? `Interrupted: ${headline(run)}` : headline(run)
  const findings = sum.findings > 0 ? `; ${plural(sum.findings, 'finding')}` : ''
  const waited =
    sum.protocolWaitMs > 0
      ? `, ${(run.durationMs / sum.protocolWaitMs).toFixed(1)} times the ${duration(sum.protocolWaitMs)} that the protocols impose`
      : ''
  const host = `${run.host.acceleration === 'kvm' ? 'KVM' : 'emulated (TCG)'}, kernel ${run.kernel}, keepalived ${run.keepalived}`
  const again = VERDICTS.filter((verdict) => verdict === 'fail' || verdict === 'inconclusive')
    .flatMap((verdict) => inOrder(run.claims).filter((claim) => claim.verdict === verdict))
    .slice(0, 3)
  return [
    '',
    ...wrap(`${VERDICT_MARK[run.verdict]} ${sentence}${findings}`, width - 1, 2).map(
      (line) => ` ${hue(ink.bold(line))}`,
    ),
    ...wrap(oneLine(`${duration(run.durationMs)}${waited}; ${host}`), width - 3).map((line) => `   ${ink.dim(line)}`),
    ...(run.calibration === undefined ? [] : calibrationLines(run.calibration, ink, width)),
    ...again.flatMap((claim) => [
      ...reasonInBrief(claim, width).map((line) => `   ${ink[claim.verdict](line)}`),
      `   again: ${oneLine(reproduce(claim, run.command))}`,
      ...evidenceLine(claim),
    ]),
    ...(reportPath === undefined ? [] : [`   report: ${oneLine(reportPath)}`]),
  ]
}

/** Characters of a reason that the closing lines repeat: whoever sees a log's end alone must see why. */
const BRIEF = 400

function reasonInBrief(claim: ClaimRecord, width: number): string[] {
  return reasonLines(claim).flatMap((line) => wrap(shorten(`${shownId(claim)}: ${line}`, BRIEF), width - 3, 2))
}

function calibrationLines(calibration: CalibrationRecord, ink: Inks, width: number): string[] {
  const paint = calibration.verdict === 'pass' ? ink.dim : ink[calibration.verdict]
  return wrap(oneLine(calibrationSummary(calibration)), width - 3, 2).map((line) => `   ${paint(line)}`)
}

function evidenceLine(claim: ClaimRecord): string[] {
  const folder = evidenceFolder(claim)
  return folder === undefined ? [] : [`          evidence in ${oneLine(folder)}`]
}
