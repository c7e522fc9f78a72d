import type { ClaimRecord } from '../../run/record.ts'
import { isBeside } from '../evidence-path.ts'

/** Anchors of the claims: their ids, made safe for a fragment and unique within the page. */
export function anchors(claims: readonly ClaimRecord[]): ReadonlyMap<ClaimRecord, string> {
  const taken = new Set<string>(['findings', 'claims', 'documents', 'main', 'run'])
  const all = new Map<ClaimRecord, string>()
  for (const claim of claims) {
    const base = claim.id.replace(/[^\w.-]+/g, '-') || 'claim'
    let anchor = base
    for (let n = 2; taken.has(anchor); n++) anchor = `${base}.${n}`
    taken.add(anchor)
    all.set(claim, anchor)
  }
  return all
}

/**
 * A link to a file beside the report, or `undefined` for a path that leaves its folder. Every segment is encoded and
 * the link starts with "./", so that a path such as "javascript:…" is a file's name and nothing else.
 */
export function fileLink(path: string): string | undefined {
  if (!isBeside(path)) return undefined
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  return `./${segments.map((segment) => encodeURIComponent(segment)).join('/')}`
}
