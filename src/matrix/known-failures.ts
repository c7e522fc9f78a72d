import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors.ts'
import type { CellRecord, NightRecord } from './night.ts'

const entry = z.strictObject({
  /** Claim's id, or a pattern with stars: "004-*". */
  claim: z.string(),
  /** What was asked for or its shown name, with stars: "bookworm", "5.10*"; all, when absent. */
  kernel: z.string().default('*'),
  keepalived: z.string().default('*'),
  reason: z.string().min(1),
  /** Until that day (UTC, YYYY-MM-DD), included. */
  until: z.iso.date(),
})

export type KnownFailure = z.infer<typeof entry>

/**
 * Failures that are known: each with a reason, and a day after which it counts again.
 *
 * @param claims - ids of all claims that there are: an entry that fits none is a mistake that would excuse nothing
 * @throws UsageError `LVSLAB_E_KNOWN_FAILURES`
 */
export async function readKnownFailures(path: string, claims: readonly string[]): Promise<KnownFailure[]> {
  const known = await entriesIn(path)
  const strangers = known.filter((one) => !claims.some((id) => fits(one.claim, id)))
  if (strangers.length === 0) return known
  throw new UsageError('LVSLAB_E_KNOWN_FAILURES', `${path} has claims that there are not`, {
    seen: strangers.map(({ claim, reason }) => `${claim}: ${reason}`).join('\n'),
    todo: 'npx lvslab list shows all claims',
  })
}

async function entriesIn(path: string): Promise<KnownFailure[]> {
  try {
    return z.array(entry).parse(parse(await readFile(path, 'utf8')) ?? [])
  } catch (cause) {
    throw new UsageError('LVSLAB_E_KNOWN_FAILURES', `${path} is not a list of known failures`, {
      seen: cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause),
      todo: 'entries have claim, reason and until (YYYY-MM-DD), and may have kernel and keepalived',
      cause,
    })
  }
}

/** The entry that a failure is known by today. */
export function knownBy(
  known: readonly KnownFailure[],
  cell: CellRecord,
  claim: string,
  today: string,
): KnownFailure | undefined {
  return known.find((one) => one.until >= today && isAbout(one, cell, claim))
}

/** The entry that excused a failure until its day came. */
export function expiredFor(
  known: readonly KnownFailure[],
  cell: CellRecord,
  claim: string,
  today: string,
): KnownFailure | undefined {
  return known.find((one) => one.until < today && isAbout(one, cell, claim))
}

export function expired(known: readonly KnownFailure[], today: string): KnownFailure[] {
  return known.filter(({ until }) => until < today)
}

/** Failures of a night that are on the list. */
export function knownFailures(
  cells: readonly CellRecord[],
  known: readonly KnownFailure[],
  today: string,
): NightRecord['known'] {
  return cells.flatMap((cell) =>
    cell.claims
      .filter(({ verdict, errorKind }) => verdict === 'fail' && errorKind === undefined)
      .flatMap(({ id }) => {
        const why = knownBy(known, cell, id, today)
        return why === undefined ? [] : [{ cell: cell.id, claim: id, reason: why.reason }]
      }),
  )
}

/** Entries whose claims passed wherever they are about, at least once: nothing is left for them to excuse. */
export function needless(cells: readonly CellRecord[], known: readonly KnownFailure[]): KnownFailure[] {
  return known.filter((one) => {
    const about = cells.flatMap((cell) => cell.claims.filter(({ id }) => isAbout(one, cell, id)))
    return about.length > 0 && about.every(({ verdict }) => verdict === 'pass')
  })
}

function isAbout(one: KnownFailure, cell: CellRecord, claim: string): boolean {
  const named = (pattern: string, names: readonly (string | undefined)[]): boolean =>
    names.some((name) => name !== undefined && fits(pattern, name))
  return (
    fits(one.claim, claim) &&
    named(one.kernel, [cell.kernelName, cell.asked?.kernel]) &&
    named(one.keepalived, [cell.keepalivedName, cell.asked?.keepalived])
  )
}

function fits(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`).test(text)
}
