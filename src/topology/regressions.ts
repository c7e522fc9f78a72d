import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { topologiesFolder } from './find.ts'

/** topologies/regressions.yaml: what users met and maintainers confirmed, whether or not it can be shown here. */
const regression = z
  .strictObject({
    /** The claim's, where there is one. */
    id: z.string().regex(/^reg-[a-z0-9]+(-[a-z0-9]+)+$/),
    program: z.enum(['keepalived', 'kernel']),
    /** What goes wrong, as the thread says. */
    what: z.string(),
    /** Where it was reported and mended; none for what was found by reading. */
    threads: z.array(z.url()),
    /** First release that has it, as far as the thread says; absent: not known. */
    since: z.string().optional(),
    /** First release without it; absent: not known, or none yet. */
    fixed: z.string().optional(),
    /** The newest release that is known to have it, where none is fixed. */
    last: z.string().optional(),
    /** Why no claim shows it. */
    'not-shown': z.string().optional(),
    /** What else is worth knowing, of a distribution's patches for example. */
    note: z.string().optional(),
  })
  .transform(({ 'not-shown': notShown, ...rest }) => ({ ...rest, ...(notShown === undefined ? {} : { notShown }) }))

export type Regression = z.output<typeof regression>

const sighting = z.strictObject({
  claim: z.string(),
  keepalived: z.string(),
  kernel: z.string(),
  verdict: z.enum(['pass', 'fail']),
  times: z.int().min(1),
})

/** How often a claim held, or did not, with the versions of a run: topologies/regressions-seen.json, from run records. */
export type Sighting = z.output<typeof sighting>

export const REGRESSIONS_FILE = 'regressions.yaml'
export const SIGHTINGS_FILE = 'regressions-seen.json'

/** Every known regression, in the order of the file. */
export async function readRegressions(): Promise<Regression[]> {
  return z.array(regression).parse(parse(await readFile(path.join(topologiesFolder(), REGRESSIONS_FILE), 'utf8')))
}

/** What was seen of the claims, by the runs that `scripts/regressions.ts` was given. */
export async function readSightings(): Promise<Sighting[]> {
  return z.array(sighting).parse(JSON.parse(await readFile(path.join(topologiesFolder(), SIGHTINGS_FILE), 'utf8')))
}

/** "since 2.3.0, fixed in 2.3.2", as far as it is known. */
export function rangeOf({
  since,
  fixed,
  last,
}: { readonly [key in 'since' | 'fixed' | 'last']?: string | undefined }): string {
  const parts = [
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(fixed === undefined ? [] : [`fixed in ${fixed}`]),
    ...(last === undefined ? [] : [`still in ${last}`]),
  ]
  return parts.join(', ') || 'not known'
}
