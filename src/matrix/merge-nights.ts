import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import { folderOf, type CellRecord, type NightRecord } from './night.ts'

export interface GivenNight {
  readonly night: NightRecord
  /** Its folder, from that of the night to be made. */
  readonly folder: string
}

/** Name of a shard's folder in the night's. */
export function shardFolder({ index, count }: { readonly index: number; readonly count: number }): string {
  return `shard-${index}-of-${count}`
}

/** The folders of a night's shards, in their order. */
export async function shardsIn(folder: string): Promise<string[]> {
  const found = (await readdir(folder).catch(() => [])).flatMap((name) => {
    const [, index] = /^shard-(\d+)-of-\d+$/.exec(name) ?? []
    return index === undefined ? [] : [{ name, index: Number(index) }]
  })
  return found.sort((a, b) => a.index - b.index).map(({ name }) => join(folder, name))
}

/** What shards of one night have in common. */
const SAME = ['lvslab', 'selection', 'grep', 'repeat', 'kernels', 'keepaliveds'] as const

/**
 * Makes one night of its shards: the cells of the unsharded night in its order. A shard that left no record leaves its
 * cells broken. `durationMs` is the sum of what the machines worked. Changes are not the shards' business: whoever has
 * the nights before judges the whole.
 *
 * @throws UsageError `LVSLAB_E_NIGHTS_DIFFER` for what are not shards of one night, or were split by different earlier
 * nights, `LVSLAB_E_NIGHTS_OVERLAP` for a cell that two of them have
 */
export function mergeNights(given: readonly GivenNight[]): NightRecord {
  const [first] = given
  if (!first) throw new UsageError('LVSLAB_E_NIGHT_INVALID', 'there is no night to merge')
  const shard = first.night.shard
  if (given.length === 1 && shard === undefined) return moved(first)
  refuseDifferent(given)
  const plan = shard?.plan ?? []
  const owners = new Map<string, CellRecord>()
  const twice: string[] = []
  for (const { cells } of given.map(moved)) {
    for (const cell of cells) {
      if (owners.has(cell.id)) twice.push(cell.id)
      owners.set(cell.id, cell)
    }
  }
  if (twice.length > 0)
    throw new UsageError('LVSLAB_E_NIGHTS_OVERLAP', 'several of the nights have the same cells', {
      tried: 'make one night of them',
      seen: twice.join(', '),
      todo: 'leave one of them out; shards must have been split by the same earlier nights',
    })
  const missing = missingShards(given)
  const lost = plan.filter(({ id }) => !owners.has(id))
  if (missing.length === 0 && lost.length > 0)
    throw new UsageError('LVSLAB_E_NIGHTS_DIFFER', 'no shard has some of the cells', {
      seen: lost.map(({ id }) => id).join(', '),
      todo: 'all machines must see the same earlier nights, by which the cells are split',
    })
  const reason = `shard ${missing.join(' and ')} of ${shard?.count ?? given.length} left no record`
  const nights = given.map(({ night }) => night)
  const { shard: _, before: __, needless: ___, ...rest } = first.night
  const images = given.map(moved).flatMap((night) => night.images ?? [])
  return {
    ...rest,
    startedAt: nights.map(({ startedAt }) => startedAt).reduce((a, b) => (a < b ? a : b)),
    durationMs: nights.reduce((sum, { durationMs }) => sum + durationMs, 0),
    parts: given.map(({ folder }) => folder),
    cells: plan.map((cell) => owners.get(cell.id) ?? { ...cell, state: 'broken' as const, reason }),
    ...(images.length === 0 ? {} : { images }),
    ...{ worse: [], better: [], known: [], expired: [] },
  }
}

function moved({ night, folder }: GivenNight): NightRecord {
  const at = (path: string): string => (folder === '' ? path : `${folder}/${path}`)
  return {
    ...night,
    cells: night.cells.map((cell) => ({ ...cell, folder: at(folderOf(cell)) })),
    ...(night.images === undefined
      ? {}
      : { images: night.images.map((one) => (one.log === undefined ? one : { ...one, log: at(one.log) })) }),
  }
}

function refuseDifferent(given: readonly GivenNight[]): void {
  const differing = SAME.filter((key) => new Set(given.map(({ night }) => JSON.stringify(night[key]))).size > 1)
  const plans = new Set(
    given.map(({ night: { shard } }) => JSON.stringify([shard?.count, shard?.plan.map(({ id }) => id)])),
  )
  const seen = [
    ...differing.map(
      (key) => `${key}: ${[...new Set(given.map(({ night }) => JSON.stringify(night[key])))].join(', ')}`,
    ),
    ...(plans.size > 1 ? ['they have other cells in all, or another order of them'] : []),
    ...given.filter(({ night }) => night.shard === undefined).map(({ folder }) => `${folder} is no shard`),
  ]
  if (seen.length === 0) return
  throw new UsageError('LVSLAB_E_NIGHTS_DIFFER', 'these are not shards of one night', {
    tried: 'make one night of them',
    seen: seen.join('\n'),
    todo: 'give all shards of one night; their machines must see the same earlier nights',
  })
}

function missingShards(given: readonly GivenNight[]): number[] {
  const there = new Set(given.map(({ night }) => night.shard?.index))
  const count = given[0]?.night.shard?.count ?? 0
  return Array.from({ length: count }, (_, n) => n + 1).filter((index) => !there.has(index))
}
