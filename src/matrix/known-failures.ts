import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, UsageError } from '../errors.ts'

const entry = z.strictObject({
  /** Claim's id, or a pattern with stars: "004-*". */
  claim: z.string(),
  /** Shown names with stars: "5.10*"; all, when absent. */
  kernel: z.string().default('*'),
  keepalived: z.string().default('*'),
  reason: z.string().min(1),
  /** Until that day (UTC, YYYY-MM-DD), included. */
  until: z.iso.date(),
})

export type KnownFailure = z.infer<typeof entry>

/**
 * Failures that are known: each with a reason, and a day from which on it counts again.
 *
 * @throws UsageError `LVSLAB_E_KNOWN_FAILURES`
 */
export async function readKnownFailures(path: string): Promise<KnownFailure[]> {
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

export interface Where {
  readonly claim: string
  readonly kernelName: string
  readonly keepalivedName: string
}

/** The entry that a failure is known by today. */
export function knownBy(known: readonly KnownFailure[], where: Where, today: string): KnownFailure | undefined {
  return known.find(
    (one) =>
      one.until >= today &&
      fits(one.claim, where.claim) &&
      fits(one.kernel, where.kernelName) &&
      fits(one.keepalived, where.keepalivedName),
  )
}

export function expired(known: readonly KnownFailure[], today: string): KnownFailure[] {
  return known.filter(({ until }) => until < today)
}

function fits(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`).test(text)
}
