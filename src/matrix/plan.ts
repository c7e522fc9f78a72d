import type { Offer, SuiteIndex } from '../image/index.ts'
import { shortReleaseOf } from '../image/index.ts'
import type { CellRecord, NightRecord } from './night.ts'

/** A value of an axis: what `lvslab run` is given, and how it is shown. */
export interface AxisValue {
  readonly wish: string
  readonly name: string
}

/** Names a suite's usual kernel by its package, so that the cell means the same tomorrow; anything else as it is. */
export function kernelValue(wish: string, index: SuiteIndex | undefined): AxisValue {
  const offer: Offer | undefined = index?.usualKernel
  if (!offer) return { wish, name: shown(wish) }
  return { wish: offer.package, name: shortReleaseOf(offer) }
}

/** Names a suite's keepalived by its version. */
export function keepalivedValue(wish: string, index: SuiteIndex | undefined): AxisValue {
  const version = index?.keepaliveds[0]?.version
  return version === undefined ? { wish, name: shown(wish) } : { wish: version, name: version.replace(/^\d+:/, '') }
}

function shown(wish: string): string {
  return wish.split('/').at(-1) ?? wish
}

/** Every kernel with every keepalived. */
export function cellsOf(kernels: readonly AxisValue[], keepaliveds: readonly AxisValue[]): CellRecord[] {
  return kernels.flatMap((kernel) =>
    keepaliveds.map((keepalived) => ({
      id: `kernel-${fileName(kernel.name)}.keepalived-${fileName(keepalived.name)}`,
      ...{ kernel: kernel.wish, kernelName: kernel.name },
      ...{ keepalived: keepalived.wish, keepalivedName: keepalived.name },
      state: 'planned' as const,
      claims: [],
    })),
  )
}

function fileName(name: string): string {
  return name.replaceAll(/[^\w.+~-]/g, '_')
}

/**
 * Cheapest and most likely to fail first: what failed last night, then what is new, then the others by what they took;
 * so that a night that is cut short has said most.
 */
export function inOrder(cells: readonly CellRecord[], before: NightRecord | undefined): CellRecord[] {
  const last = new Map(before?.cells.map((cell) => [cell.id, cell]))
  const rank = (cell: CellRecord): number => {
    const known = last.get(cell.id)
    if (known === undefined) return 1
    return known.state === 'broken' || known.claims.some(({ verdict }) => verdict === 'fail') ? 0 : 2
  }
  const took = (cell: CellRecord): number => last.get(cell.id)?.durationMs ?? 0
  return cells.toSorted((a, b) => rank(a) - rank(b) || took(a) - took(b))
}

/**
 * One machine's part, the same whoever works it out: the longest cells first, each to the part that has least so far.
 *
 * @param index - from 1
 */
export function shardOf(
  cells: readonly CellRecord[],
  { index, count }: { readonly index: number; readonly count: number },
  before: NightRecord | undefined,
): CellRecord[] {
  const took = new Map(before?.cells.map(({ id, durationMs }) => [id, durationMs ?? 0]))
  const known = [...took.values()].filter((ms) => ms > 0)
  const usualMs = known.length === 0 ? 1 : known.reduce((sum, ms) => sum + ms, 0) / known.length
  const cost = ({ id }: CellRecord): number => took.get(id) || usualMs
  const loads = Array.from({ length: count }, () => 0)
  const mine: CellRecord[] = []
  for (const cell of cells.toSorted((a, b) => cost(b) - cost(a) || (a.id < b.id ? -1 : 1))) {
    const lightest = loads.indexOf(Math.min(...loads))
    loads[lightest]! += cost(cell)
    if (lightest === index - 1) mine.push(cell)
  }
  return cells.filter((cell) => mine.includes(cell))
}
