import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { LvslabError } from '../errors.ts'
import { mergeNights, shardsIn } from './merge-nights.ts'
import { readNight, type CellRecord, type NightRecord } from './night.ts'

/** A night that was before, and where it is. */
export interface EarlierNight {
  readonly folder: string
  readonly night: NightRecord
}

/** A cell as it was in an earlier night. */
export interface EarlierCell {
  readonly cell: CellRecord
  readonly startedAt: string
  /** The night that it was in. */
  readonly night: NightRecord
}

/** Earlier nights that tell something: more would make neither a trend clearer nor a page better. */
const NIGHTS = 30

/** The nights before one, read once. */
export class History {
  /** The oldest first. */
  readonly nights: readonly EarlierNight[]

  constructor(nights: readonly EarlierNight[]) {
    this.nights = nights.toSorted((a, b) => (a.night.startedAt < b.night.startedAt ? -1 : 1)).slice(-NIGHTS)
  }

  /** The night before, if there was one. */
  get last(): EarlierNight | undefined {
    return this.nights.at(-1)
  }

  /**
   * A cell in the nights that came to a record of it, the newest first: the same versions, or what was asked for in the
   * same words, for a suite's kernel has another name after each update.
   */
  of(cell: CellRecord): EarlierCell[] {
    return this.nights
      .flatMap(({ night }) => {
        const there = night.cells.filter(({ state }) => state !== 'planned')
        const found = there.find(({ id }) => id === cell.id) ?? there.find((one) => isAskedAs(one, cell))
        return found === undefined ? [] : [{ cell: found, startedAt: night.startedAt, night }]
      })
      .reverse()
  }
}

function isAskedAs(one: CellRecord, other: CellRecord): boolean {
  return (
    one.asked !== undefined &&
    one.asked.kernel === other.asked?.kernel &&
    one.asked.keepalived === other.asked.keepalived
  )
}

/**
 * The nights in the folders beside a night's, begun before it. A folder with shards alone counts as the night that they
 * are together; what cannot be read is left out, and said to be.
 *
 * @param night - the night's own folder, the one that its shards share
 * @param asked - the only night to compare with, in place of its neighbours
 * @throws UsageError `LVSLAB_E_NIGHT_INVALID` for one that was asked for
 */
export async function readHistory(
  night: string,
  { before, asked, say }: { before: string; asked?: string | undefined; say: (line: string) => void },
): Promise<History> {
  if (asked !== undefined) return new History([{ folder: resolve(asked), night: await readNightIn(resolve(asked)) }])
  const parent = dirname(night)
  const names = await readdir(parent).catch(() => [])
  const nights: EarlierNight[] = []
  for (const folder of names.map((name) => join(parent, name)).filter((one) => one !== night)) {
    if (!existsSync(join(folder, 'nightly.json')) && (await shardsIn(folder)).length === 0) continue
    try {
      const one = await readNightIn(folder)
      if (one.startedAt < before) nights.push({ folder, night: one })
    } catch (error) {
      if (!(error instanceof LvslabError)) throw error
      say(`${basename(folder)} is left out: ${error.message}`)
    }
  }
  return new History(nights)
}

async function readNightIn(folder: string): Promise<NightRecord> {
  if (existsSync(join(folder, 'nightly.json'))) return readNight(folder)
  const shards = await shardsIn(folder)
  if (shards.length === 0) return readNight(folder)
  return mergeNights(
    await Promise.all(shards.map(async (one) => ({ night: await readNight(one), folder: relative(folder, one) }))),
  )
}
