import { existsSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { readHistory } from './history.ts'
import { exitCodeOf, told } from './judge.ts'
import { mergeNights, shardsIn } from './merge-nights.ts'
import { readNight, type NightRecord } from './night.ts'
import { knownIn, writeNight } from './run-nightly.ts'

export interface RemakeNightOptions {
  readonly out?: string | undefined
  readonly before?: string | undefined
  readonly known?: string | undefined
  readonly say: (line: string) => void
}

/** Whether a folder is a night's: it has its record, or its shards'. */
export async function isNight(folder: string): Promise<boolean> {
  return existsSync(join(folder, 'nightly.json')) || (await shardsIn(folder)).length > 0
}

/**
 * Makes the page of a night anew, or one night of its shards: of those given, or of those in the folder given. Answers
 * where it is, and what `lvslab nightly` would have ended with.
 *
 * @throws UsageError `LVSLAB_E_NIGHT_INVALID`, and what {@link mergeNights}, {@link readHistory} and the list of known
 * failures throw
 */
export async function remakeNight(
  given: readonly string[],
  { out, before: asked, known, say }: RemakeNightOptions,
): Promise<{ page: string; exitCode: number }> {
  const folders = (await Promise.all(given.map(async (one) => withShards(resolve(one))))).flat()
  const outDir = resolve(
    out ??
      commonFolder(
        given.map((one) => resolve(one)),
        folders,
      ),
  )
  const night = await nightOf(folders, outDir)
  // A shard alone lies in its night's folder; the other nights are beside that.
  const whole = night.shard === undefined ? outDir : dirname(outDir)
  const history = await readHistory(whole, { before: night.startedAt, asked, say })
  const { before: _, ...rest } = night
  const last = history.last?.folder
  const list = known === undefined ? night.knownFrom : resolve(known)
  const written = await writeNight(
    outDir,
    { ...rest, ...(last === undefined ? {} : { before: last }), ...(list === undefined ? {} : { knownFrom: list }) },
    history,
    await knownIn(list),
  )
  for (const line of told(written)) say(line)
  return { page: join(outDir, 'nightly.html'), exitCode: exitCodeOf(written, history) }
}

async function withShards(folder: string): Promise<string[]> {
  const shards = await shardsIn(folder)
  return shards.length > 0 ? shards : [folder]
}

async function nightOf(folders: readonly string[], outDir: string): Promise<NightRecord> {
  const [only] = folders
  if (folders.length === 1 && only === outDir) return readNight(only)
  const given = await Promise.all(
    folders.map(async (folder) => ({ night: await readNight(folder), folder: relative(outDir, folder) })),
  )
  return mergeNights(given)
}

/** Where one night of several belongs unless it is said: the folder that was given, or that all of them lie in. */
function commonFolder(given: readonly string[], folders: readonly string[]): string {
  const [only] = given
  if (given.length === 1 && only !== undefined) return only
  const parents = new Set(folders.filter((one) => basename(one).startsWith('shard-')).map((one) => dirname(one)))
  const [parent] = parents
  if (parents.size === 1 && parent !== undefined && folders.every((one) => dirname(one) === parent)) return parent
  throw new UsageError('LVSLAB_E_NIGHT_INVALID', 'it is not said where the one night of these goes', {
    todo: 'give --out FOLDER',
  })
}
