import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { LvslabError, UsageError } from '../errors.ts'
import { version } from '../host/version.ts'
import { holdIndexDay, readCatalog, resolveKernel, resolveUserland, suiteIndex } from '../image/index.ts'
import type { SuiteIndex } from '../image/index.ts'
import { partOf } from '../run/part-of.ts'
import { selectClaims } from '../run/selection.ts'
import { readHistory, type History } from './history.ts'
import { readMatrix } from './matrix-file.ts'
import { shardFolder } from './merge-nights.ts'
import { NIGHT_SCHEMA, readNight, type AskedValue, type NightRecord } from './night.ts'
import { cellsOf, distinct, earlierDuration, inOrder, keepalivedValue, kernelValue } from './plan.ts'

export interface NightlyOptions {
  /** A YAML file with the matrix; what is given besides takes its place. */
  readonly matrix?: string | undefined
  readonly selection: readonly string[]
  readonly grep?: string | undefined
  readonly kernels?: readonly string[] | undefined
  readonly keepaliveds?: readonly string[] | undefined
  readonly repeat?: number | undefined
  readonly shard?: { readonly index: number; readonly count: number } | undefined
  readonly out?: string | undefined
  /** The night to compare with. Default: the newest ones beside this one's folder. */
  readonly before?: string | undefined
  readonly known?: string | undefined
  readonly say: (line: string) => void
}

export interface PlannedNight {
  readonly night: NightRecord
  /** Of this machine's part. */
  readonly outDir: string
  readonly history: History
  /** The list of known failures, if there is one. */
  readonly known: string | undefined
}

const BY_DEFAULT = ['bookworm']

/**
 * The cells of a night, in the order in which they are to be run; of one that was begun already, as they stand.
 *
 * @throws UsageError `LVSLAB_E_NIGHT_DIFFERS` for a folder that has a night of something else, and what
 * {@link readMatrix}, {@link readHistory}, {@link selectClaims} and the wishes of kernels and keepaliveds throw: a
 * mistake is told before the first machine boots
 */
export async function planNight(given: NightlyOptions): Promise<PlannedNight> {
  const options = await withMatrix(given)
  const wholeDir = resolve(options.out ?? join('reports', 'nightly', today()))
  const outDir = options.shard === undefined ? wholeDir : join(wholeDir, shardFolder(options.shard))
  const { say, before: asked, known } = options
  if (existsSync(join(outDir, 'nightly.json'))) {
    const night = await readNight(outDir)
    refuseAnother(options, night, outDir)
    holdIndexDay(new Date(night.startedAt))
    say(`${outDir} was begun already: going on with what is left of it`)
    return {
      night,
      outDir,
      known: known ?? night.knownFrom,
      history: await readHistory(wholeDir, { before: night.startedAt, asked, say }),
    }
  }
  holdIndexDay()
  await selectClaims({ wanted: options.selection, grep: options.grep })
  const startedAt = new Date().toISOString()
  const history = await readHistory(wholeDir, { before: startedAt, asked, say })
  const kernels = distinct(await each(options.kernels ?? BY_DEFAULT, (wish) => kernelNamed(wish, say)))
  const keepaliveds = distinct(await each(options.keepaliveds ?? BY_DEFAULT, (wish) => keepalivedNamed(wish, say)))
  const all = inOrder(cellsOf(kernels, keepaliveds), history)
  const mine =
    options.shard === undefined
      ? all
      : partOf(
          all,
          options.shard,
          ({ id }) => id,
          (cell) => earlierDuration(cell, history),
        )
  const night: NightRecord = {
    ...{ schema: NIGHT_SCHEMA, lvslab: version, startedAt, durationMs: 0 },
    selection: [...options.selection],
    ...(options.grep === undefined ? {} : { grep: options.grep }),
    repeat: options.repeat ?? 1,
    ...{ kernels, keepaliveds },
    ...(options.shard === undefined ? {} : { shard: { ...options.shard, plan: all } }),
    cells: mine,
    ...(history.last === undefined ? {} : { before: history.last.folder }),
    ...(known === undefined ? {} : { knownFrom: resolve(known) }),
    ...{ worse: [], better: [], known: [], expired: [] },
  }
  return { night, outDir, history, known }
}

async function withMatrix(options: NightlyOptions): Promise<NightlyOptions> {
  if (options.matrix === undefined) return options
  const { claims = [], ...matrix } = await readMatrix(options.matrix)
  return {
    ...options,
    selection: options.selection.length > 0 ? options.selection : claims,
    grep: options.grep ?? matrix.grep,
    kernels: options.kernels ?? matrix.kernels,
    keepaliveds: options.keepaliveds ?? matrix.keepaliveds,
    repeat: options.repeat ?? matrix.repeat,
    known: options.known ?? matrix.known,
  }
}

/** What is not given stays as it was begun. */
function refuseAnother(options: NightlyOptions, night: NightRecord, outDir: string): void {
  const asked = (values: readonly AskedValue[] | undefined): string | undefined =>
    values?.map((value) => value.asked).join(', ')
  const wanted = (wishes: readonly string[] | undefined): string | undefined =>
    wishes === undefined ? undefined : [...new Set(wishes)].join(', ')
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['claims', options.selection.length === 0 ? undefined : options.selection.join(', '), night.selection.join(', ')],
    ['--grep', options.grep, night.grep],
    ['--repeat', options.repeat?.toString(), night.repeat.toString()],
    ['--kernel', wanted(options.kernels), asked(night.kernels)],
    ['--keepalived', wanted(options.keepaliveds), asked(night.keepaliveds)],
  ]
  const seen = pairs.filter(([, now, then]) => now !== undefined && now !== then)
  if (seen.length === 0) return
  throw new UsageError('LVSLAB_E_NIGHT_DIFFERS', `${outDir} has a night of something else`, {
    seen: seen.map(([what, now, then]) => `${what}: ${then ?? 'none'}, now ${now ?? 'none'}`).join('\n'),
    todo: 'give another --out, or call it as it was begun',
  })
}

async function kernelNamed(wish: string, say: (line: string) => void): Promise<AskedValue> {
  const index = await indexOf(wish, say)
  if (index !== undefined || (await isSuite(wish))) return kernelValue(wish, index)
  return kernelValue(wish, undefined, await resolveKernel(wish, say))
}

async function keepalivedNamed(wish: string, say: (line: string) => void): Promise<AskedValue> {
  if (await isSuite(wish)) return keepalivedValue(wish, await indexOf(wish, say))
  const { deb, suite } = await resolveUserland(wish, say)
  if (deb !== undefined) return keepalivedValue(wish, undefined)
  return { ...keepalivedValue(wish, await indexOf(suite, say)), asked: wish }
}

async function isSuite(wish: string): Promise<boolean> {
  return Object.hasOwn((await readCatalog()).suites, wish)
}

/** What a suite offers; without a mirror that tells, the suite stands for itself. */
async function indexOf(wish: string, say: (line: string) => void): Promise<SuiteIndex | undefined> {
  if (!(await isSuite(wish))) return undefined
  try {
    return await suiteIndex(wish, say)
  } catch (error) {
    if (!(error instanceof LvslabError)) throw error
    say(`${wish}: ${error.message}`)
    return undefined
  }
}

/** One after the other: an index is asked for once. */
async function each<T>(wishes: readonly string[], of: (wish: string) => Promise<T>): Promise<T[]> {
  const values: T[] = []
  for (const wish of wishes) values.push(await of(wish))
  return values
}

export function today(): string {
  return new Date().toISOString().slice(0, 10)
}
