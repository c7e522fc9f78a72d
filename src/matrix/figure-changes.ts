import { max, median, min } from 'simple-statistics'
import { family, repeatsNeeded } from '../report/compare/family.ts'
import { rankTest, type RankTest } from '../report/compare/rank-test.ts'
import type { History } from './history.ts'
import type { CellFigure, CellRecord, NightRecord } from './night.ts'

/** One figure of one claim, in every cell that has it. */
export interface FigureRow {
  readonly claim: string
  readonly name: string
  readonly unit: string
  /** By cell's id. */
  readonly cells: ReadonlyMap<string, FigureInCell>
}

export interface FigureInCell {
  readonly figure: CellFigure
  /** Medians of earlier nights, the oldest first: the same versions, or what was asked for in the same words. */
  readonly trend: readonly number[]
  /** What it is certainly another than. */
  readonly changes: readonly FigureChange[]
}

export interface FigureChange {
  /** "kernel 6.1.0-56", "earlier nights". */
  readonly against: string
  /** This median less that one, in the figure's unit. */
  readonly difference: number
  readonly p: number
}

export interface FigureChanges {
  readonly rows: readonly FigureRow[]
  /** Comparisons that were made. */
  readonly tests: number
  /** Differences that chance does not explain, but perhaps the machine: no second night of these versions tells yet. */
  readonly withoutFloor: number
  /** How often a claim must be proven on both sides for a difference to be told at all; undefined where it could be. */
  readonly repeatsNeeded?: number
}

/** What is known of a figure with one pair of versions. */
interface Known {
  readonly values: readonly number[]
  /** How far medians of several nights of these versions lay apart; undefined where there was but one. */
  readonly floor: number | undefined
}

interface Comparison {
  readonly row: string
  readonly cell: string
  readonly against: string
  readonly a: Known
  readonly b: Known
  readonly test: RankTest
}

/**
 * Where a figure is another: against the version before on either axis, and against the cell's own earlier nights. Values
 * are those of tonight and of earlier nights with the same versions. A rank test decides, all of them together name
 * anything falsely in at most 5 % of nights in which nothing differs; and nothing counts that is no larger than what
 * nights of the same versions differ by among themselves, which takes a second night of either. A figure that was measured once is never called another.
 */
export function figureChanges(night: NightRecord, history: History): FigureChanges {
  const done = night.cells.filter(({ state }) => state === 'done')
  const comparisons: Comparison[] = []
  const rows = rowsOf(done, history)
  for (const [key, row] of rows) {
    const before = new Map(done.map((cell) => [cell.id, earlierOf(cell, row, history)]))
    const now = (cell: CellRecord): readonly number[] => samplesOf(row.cells.get(cell.id)?.figure)
    const all = (cell: CellRecord): Known => {
      const { values, medians } = before.get(cell.id)!
      const own = now(cell).length === 0 ? [] : [median([...now(cell)])]
      return { values: [...values, ...now(cell)], floor: rangeOf([...medians, ...own]) }
    }
    const compare = (cell: CellRecord, against: string, a: Known, b: Known): void => {
      if (a.values.length > 0 && b.values.length > 0)
        comparisons.push({ row: key, cell: cell.id, against, a, b, test: rankTest(a.values, b.values) })
    }
    for (const cell of done) {
      for (const { label, other } of neighboursOf(cell, night, done)) compare(cell, label, all(other), all(cell))
      const { values, medians } = before.get(cell.id)!
      compare(cell, 'earlier nights', { values, floor: rangeOf(medians) }, { values: now(cell), floor: undefined })
    }
  }
  const leastPs = comparisons.map(({ test }) => test.leastP)
  const { level } = family(leastPs)
  let withoutFloor = 0
  for (const { row, cell, against, a, b, test } of comparisons) {
    const difference = median([...b.values]) - median([...a.values])
    if (test.p > level) continue
    const floors = [a.floor, b.floor].filter((floor) => floor !== undefined)
    if (floors.length === 0) withoutFloor += 1
    if (floors.length === 0 || Math.abs(difference) <= max(floors)) continue
    const there = rows.get(row)!.cells.get(cell)!
    there.changes.push({ against, difference, p: test.p })
  }
  const canTell = leastPs.some((p) => p <= level)
  return {
    rows: [...rows.values()],
    tests: comparisons.length,
    withoutFloor,
    ...(comparisons.length === 0 || canTell ? {} : { repeatsNeeded: repeatsNeeded(comparisons.length) }),
  }
}

interface GrowingRow extends FigureRow {
  readonly cells: Map<string, FigureInCell & { readonly changes: FigureChange[] }>
}

/** In the order of the claims' ids, and of the figures in them. */
function rowsOf(done: readonly CellRecord[], history: History): Map<string, GrowingRow> {
  const claims = [...new Set(done.flatMap((cell) => cell.claims.map(({ id }) => id)))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const rows = new Map<string, GrowingRow>()
  for (const id of claims) {
    for (const cell of done) {
      for (const figure of cell.claims.find((claim) => claim.id === id)?.figures ?? []) {
        const { name, unit } = figure
        const key = JSON.stringify([id, name, unit])
        const row: GrowingRow = rows.get(key) ?? { claim: id, name, unit, cells: new Map() }
        const trend = history.of(cell).flatMap(({ cell: old }) => figureIn(old, row)?.value ?? [])
        row.cells.set(cell.id, { figure, trend: trend.reverse(), changes: [] })
        rows.set(key, row)
      }
    }
  }
  return rows
}

type Which = Pick<FigureRow, 'claim' | 'name' | 'unit'>

function figureIn(cell: CellRecord, { claim, name, unit }: Which): CellFigure | undefined {
  return cell.claims.find(({ id }) => id === claim)?.figures.find((one) => one.name === name && one.unit === unit)
}

function samplesOf(figure: CellFigure | undefined): readonly number[] {
  return figure === undefined ? [] : (figure.samples ?? [figure.value])
}

/** Earlier nights of the same versions. */
function earlierOf(cell: CellRecord, which: Which, history: History): { values: number[]; medians: number[] } {
  const same = history.of(cell).filter((one) => one.cell.id === cell.id)
  const figures = same.flatMap((one) => figureIn(one.cell, which) ?? [])
  return { values: figures.flatMap((one) => samplesOf(one)), medians: figures.map(({ value }) => value) }
}

/** The cells of the version before on either axis, in the order in which versions were asked for. */
function neighboursOf(
  cell: CellRecord,
  night: NightRecord,
  done: readonly CellRecord[],
): { label: string; other: CellRecord }[] {
  const before = (names: readonly string[], name: string): string | undefined => names[names.indexOf(name) - 1]
  const kernel = before(kernelNames(night), cell.kernelName)
  const keepalived = before(keepalivedNames(night), cell.keepalivedName)
  const at = (kernelName: string | undefined, keepalivedName: string | undefined): CellRecord | undefined =>
    done.find((one) => one.kernelName === kernelName && one.keepalivedName === keepalivedName)
  const left = at(kernel, cell.keepalivedName)
  const right = at(cell.kernelName, keepalived)
  return [
    ...(left ? [{ label: `kernel ${left.kernelName}`, other: left }] : []),
    ...(right ? [{ label: `keepalived ${right.keepalivedName}`, other: right }] : []),
  ]
}

export function kernelNames({ kernels, cells }: NightRecord): string[] {
  return kernels?.map(({ name }) => name) ?? [...new Set(cells.map(({ kernelName }) => kernelName))]
}

export function keepalivedNames({ keepaliveds, cells }: NightRecord): string[] {
  return keepaliveds?.map(({ name }) => name) ?? [...new Set(cells.map(({ keepalivedName }) => keepalivedName))]
}

function rangeOf(medians: readonly number[]): number | undefined {
  return medians.length < 2 ? undefined : max([...medians]) - min([...medians])
}
