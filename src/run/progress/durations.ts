import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { median } from 'simple-statistics'
import { z } from 'zod'
import { cacheDir } from '../../host/paths.ts'
import { replaceFile } from '../../report/replace-file.ts'
import type { ClaimRecord } from '../record.ts'

/** How many of a claim's durations are kept: enough for a median that one bad day does not move. */
const KEPT = 5

const bookSchema = z.record(z.string(), z.record(z.string(), z.array(z.number().nonnegative())))
type Book = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>

/**
 * How long claims took in earlier runs, by what decides it besides the claim (acceleration, cold boots), in
 * `$XDG_CACHE_HOME/lvslab/durations.json`. It is for estimates only: what cannot be read or written is no error.
 */
export class Durations {
  readonly #path: string
  readonly #kind: string

  /** @param kind "tcg", "kvm cold": durations of one kind say nothing about another's */
  constructor(kind: string, path = join(cacheDir(), 'durations.json')) {
    this.#kind = kind
    this.#path = path
  }

  /** Medians by claim id, ms. */
  read(): ReadonlyMap<string, number> {
    const known = Object.entries(this.#book()[this.#kind] ?? {}).filter(([, all]) => all.length > 0)
    return new Map(known.map(([id, all]) => [id, median([...all])]))
  }

  /** Adds those that were put to the test to the end; an error that ended a claim early says nothing about its length. */
  async add(claims: readonly ClaimRecord[]): Promise<void> {
    const told = claims.filter(
      ({ verdict, errorKind, durationMs }) =>
        verdict !== 'skip' && durationMs > 0 && (errorKind === undefined || errorKind === 'assertion'),
    )
    if (told.length === 0) return
    const book = this.#book()
    const own: Record<string, readonly number[]> = { ...book[this.#kind] }
    for (const { id, durationMs } of told) own[id] = [...(own[id] ?? []), durationMs].slice(-KEPT)
    await replaceFile(this.#path, JSON.stringify({ ...book, [this.#kind]: own })).catch(() => undefined)
  }

  #book(): Book {
    try {
      return bookSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch {
      return {}
    }
  }
}
