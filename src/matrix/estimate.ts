import { mean, median } from 'simple-statistics'
import type { History } from './history.ts'
import type { CellRecord, NightImage, NightRecord } from './night.ts'

/** What a night will take, as far as earlier ones tell. */
export interface Estimate {
  /** ms by cell's id; a cell that nobody has timed is not in it where nothing at all is known. */
  readonly cells: ReadonlyMap<string, number>
  /** Where the figures are from. */
  readonly from: 'earlier nights' | 'earlier runs of the claims' | 'nothing'
  /** Of the images that have to be built, ms, as others took; they are built while cells run. */
  readonly imagesMs: number
  /** Of all cells, ms. */
  readonly totalMs: number
}

export interface EstimateInput {
  readonly history: History
  /** What each cell is to prove: an earlier night that proved something else tells nothing. */
  readonly work: Pick<NightRecord, 'selection' | 'grep' | 'repeat'>
  /** ms that the selected claims took by themselves in earlier runs on this machine, all together; undefined: unknown. */
  readonly claimsMs: number | undefined
  /** Images that are not in the cache. */
  readonly toBuild: readonly Pick<NightImage, 'kind'>[]
  /** ms that images took to build. */
  readonly built: readonly { readonly kind: NightImage['kind']; readonly durationMs: number }[]
}

/**
 * How long each cell takes: as it took last; else as the others do on average; else as long as its claims do by
 * themselves, which leaves out what boots their clusters.
 */
export function estimate(cells: readonly CellRecord[], input: EstimateInput): Estimate {
  const timed = new Map(cells.map((cell) => [cell.id, tookLast(cell, input)]))
  const known = [...timed.values()].filter((ms) => ms !== undefined)
  const usual = known.length > 0 ? mean(known) : input.claimsMs
  const each = cells.flatMap(({ id }): [string, number][] => {
    const ms = timed.get(id) ?? usual
    return ms === undefined ? [] : [[id, ms]]
  })
  return {
    cells: new Map(each),
    from: known.length > 0 ? 'earlier nights' : usual === undefined ? 'nothing' : 'earlier runs of the claims',
    imagesMs: input.toBuild.reduce((sum, { kind }) => sum + buildMs(kind, input.built), 0),
    totalMs: each.reduce((sum, [, ms]) => sum + ms, 0),
  }
}

function tookLast(cell: CellRecord, { history, work }: EstimateInput): number | undefined {
  const told = ({ selection, grep, repeat }: EstimateInput['work']): string => JSON.stringify([selection, grep, repeat])
  return history.of(cell).find((one) => one.cell.state === 'done' && told(one.night) === told(work))?.cell.durationMs
}

function buildMs(kind: NightImage['kind'], built: EstimateInput['built']): number {
  const took = built.filter((one) => one.kind === kind).map(({ durationMs }) => durationMs)
  return took.length === 0 ? 0 : median(took)
}
