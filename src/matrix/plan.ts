import type { KernelSource, SuiteIndex } from '../image/index.ts'
import { shortReleaseOf } from '../image/index.ts'
import type { History } from './history.ts'
import type { AskedValue, CellRecord } from './night.ts'

/** A value of an axis: what `lvslab run` is given, and how it is shown. */
export type AxisValue = Pick<AskedValue, 'wish' | 'name'>

/**
 * A kernel's value: a suite stands for its usual kernel's package, and a version for the package that it was found to be,
 * so that the cell means the same tomorrow; anything else is what it is.
 */
export function kernelValue(asked: string, index: SuiteIndex | undefined, source?: KernelSource): AskedValue {
  const offer = index?.usualKernel
  if (offer) return { asked, wish: offer.package, name: shortReleaseOf(offer) }
  if (index === undefined && source?.kind === 'package') return { asked, wish: source.package, name: source.name }
  return { asked, wish: asked, name: shown(asked) }
}

/** Names a suite's keepalived by its version. */
export function keepalivedValue(asked: string, index: SuiteIndex | undefined): AskedValue {
  const version = index?.keepaliveds[0]?.version
  return version === undefined
    ? { asked, wish: asked, name: shown(asked) }
    : { asked, wish: version, name: version.replace(/^\d+:/, '') }
}

function shown(wish: string): string {
  return wish.split('/').at(-1) ?? wish
}

/** Each value once; of two that are another's files but have one name, each is shown by its whole path. */
export function distinct(values: readonly AskedValue[]): AskedValue[] {
  const unique = values.filter((one, at) => values.findIndex(({ wish }) => wish === one.wish) === at)
  const isShared = (name: string): boolean => unique.filter((one) => one.name === name).length > 1
  return unique.map((one) => (isShared(one.name) ? { ...one, name: one.wish } : one))
}

/** Every kernel with every keepalived. */
export function cellsOf(
  kernels: readonly (AxisValue | AskedValue)[],
  keepaliveds: readonly (AxisValue | AskedValue)[],
): CellRecord[] {
  const asked = (value: AxisValue | AskedValue): string => ('asked' in value ? value.asked : value.wish)
  return kernels.flatMap((kernel) =>
    keepaliveds.map((keepalived) => ({
      id: `kernel-${fileName(kernel.name)}.keepalived-${fileName(keepalived.name)}`,
      asked: { kernel: asked(kernel), keepalived: asked(keepalived) },
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

/** Why a cell is where it is in the order, the likeliest to fail first. */
export const LIKELIHOODS = ['failed last', 'new versions', 'failed before', 'passed'] as const
export type Likelihood = (typeof LIKELIHOODS)[number]

/** How likely a cell is to fail, by what became of it in earlier nights. */
export function likelihoodOf(cell: CellRecord, history: History): Likelihood {
  const [last, ...older] = history.of(cell).map((one) => one.cell)
  if (last === undefined) return 'new versions'
  if (isRed(last)) return 'failed last'
  if (last.id !== cell.id) return 'new versions'
  return older.some(isRed) ? 'failed before' : 'passed'
}

function isRed({ state, claims }: CellRecord): boolean {
  return state === 'broken' || claims.some(({ verdict }) => verdict === 'fail')
}

/** How long a cell took when it was last proven, ms; undefined when it never was. */
export function earlierDuration(cell: CellRecord, history: History): number | undefined {
  return history.of(cell).find((one) => one.cell.state === 'done')?.cell.durationMs
}

/**
 * The likeliest to fail first, and of those the cheapest, so that a night that is cut short has said most. The same
 * whoever works it out with the same earlier nights.
 */
export function inOrder(cells: readonly CellRecord[], history: History): CellRecord[] {
  const rank = (cell: CellRecord): number => LIKELIHOODS.indexOf(likelihoodOf(cell, history))
  const took = (cell: CellRecord): number => earlierDuration(cell, history) ?? 0
  return cells.toSorted((a, b) => rank(a) - rank(b) || took(a) - took(b))
}
