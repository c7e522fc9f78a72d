import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ExitCode, LvslabError } from '../errors.ts'
import { version } from '../host/version.ts'
import { holdIndexDay, readCatalog, suiteIndex, type SuiteIndex } from '../image/index.ts'
import { replaceFile } from '../report/index.ts'
import { changesSince, knownFailures } from './changes.ts'
import { expired, readKnownFailures, type KnownFailure } from './known-failures.ts'
import { NIGHT_SCHEMA, readNight, type NightRecord } from './night.ts'
import { renderNight } from './page.ts'
import { cellsOf, inOrder, kernelValue, keepalivedValue, shardOf } from './plan.ts'
import { runCell } from './run-cell.ts'

export interface NightlyOptions {
  readonly selection: readonly string[]
  readonly grep?: string | undefined
  readonly kernels: readonly string[]
  readonly keepaliveds: readonly string[]
  readonly repeat: number
  readonly shard?: { readonly index: number; readonly count: number } | undefined
  readonly out?: string | undefined
  /** The night to compare with. Default: the newest one beside this one's folder. */
  readonly before?: string | undefined
  readonly known?: string | undefined
  readonly say: (line: string) => void
}

/** The cells of a night, in the order in which they are to be run. */
export async function planNight(options: NightlyOptions): Promise<{ night: NightRecord; outDir: string }> {
  holdIndexDay()
  const outDir = resolve(options.out ?? join('reports', 'nightly', today()))
  const before = await nightBefore(options.before, outDir)
  if (existsSync(join(outDir, 'nightly.json'))) {
    const night = await readNight(outDir)
    options.say(`${outDir} was begun already: going on with what is left of it`)
    return { night, outDir }
  }
  const kernels = await Promise.all(
    options.kernels.map(async (wish) => kernelValue(wish, await indexOf(wish, options))),
  )
  const keepaliveds = await Promise.all(
    options.keepaliveds.map(async (wish) => keepalivedValue(wish, await indexOf(wish, options))),
  )
  const all = cellsOf(kernels, keepaliveds)
  const mine = options.shard === undefined ? all : shardOf(all, options.shard, before?.night)
  const night: NightRecord = {
    ...{ schema: NIGHT_SCHEMA, lvslab: version, startedAt: new Date().toISOString(), durationMs: 0 },
    selection: [...options.selection, ...(options.grep === undefined ? [] : [`--grep ${options.grep}`])],
    repeat: options.repeat,
    cells: inOrder(mine, before?.night),
    ...(before === undefined ? {} : { before: before.folder }),
    ...{ worse: [], better: [], known: [], expired: [] },
  }
  return { night, outDir }
}

/**
 * Runs what a night has left, cell by cell: one that was interrupted, however that was, goes on where it was. After each
 * cell OUT/nightly.json and nightly.html are whole. Answers the exit code: whether something is worse than the night
 * before, not whether something is red.
 */
export async function runNightly(options: NightlyOptions): Promise<{ exitCode: number; outDir: string }> {
  const known = options.known === undefined ? [] : await readKnownFailures(options.known)
  const { night: planned, outDir } = await planNight(options)
  let night = planned
  const before = night.before === undefined ? undefined : await readNight(night.before).catch(() => undefined)
  const earlier = (await nightsBeside(outDir))
    .map((one) => one.night)
    .filter((one) => one.startedAt < planned.startedAt)
  const keep = async (): Promise<void> => {
    night = judged(night, before, known)
    await replaceFile(join(outDir, 'nightly.json'), `${JSON.stringify(night, null, 2)}\n`)
    await replaceFile(join(outDir, 'nightly.html'), renderNight(night, before, earlier))
  }
  await keep()
  const left = night.cells.filter(({ state }) => state !== 'done')
  options.say(`${left.length} of ${night.cells.length} cells to run; ${join(outDir, 'nightly.html')} grows with them`)
  for (const [index, cell] of left.entries()) {
    const began = performance.now()
    options.say(`cell ${index + 1} of ${left.length}: kernel ${cell.kernelName}, keepalived ${cell.keepalivedName}`)
    const { interrupted, ...ran } = await runCell(cell, {
      ...{ outDir, repeat: night.repeat, grep: options.grep, selection: options.selection },
      onLine: (line) => options.say(`  ${line}`),
    })
    if (interrupted) return { exitCode: ExitCode.interrupted, outDir }
    const cells = night.cells.map((one) => (one.id === ran.id ? ran : one))
    night = { ...night, cells, durationMs: Math.round(night.durationMs + performance.now() - began) }
    await keep()
  }
  for (const line of told(night)) options.say(line)
  return { exitCode: exitCodeOf(night, before), outDir }
}

function judged(night: NightRecord, before: NightRecord | undefined, known: readonly KnownFailure[]): NightRecord {
  const day = today()
  return {
    ...night,
    ...changesSince(before, night.cells, known, day),
    known: knownFailures(night.cells, known, day),
    expired: expired(known, day).map(({ claim, until, reason }) => `${claim}, until ${until}: ${reason}`),
  }
}

/** Without a night before, every failure that nobody knows is news. */
export function exitCodeOf(night: NightRecord, before: NightRecord | undefined): number {
  const brokenBefore = new Set(before?.cells.filter(({ state }) => state === 'broken').map(({ id }) => id))
  if (before === undefined) {
    const failures = night.cells.flatMap(({ claims }) => claims).filter(({ verdict }) => verdict === 'fail').length
    if (failures > night.known.length) return ExitCode.claimFailed
  } else if (night.worse.some((change) => change.known === undefined)) return ExitCode.claimFailed
  const broken = night.cells.some(({ state, id }) => state === 'broken' && !brokenBefore.has(id))
  return broken ? ExitCode.infrastructure : ExitCode.pass
}

function told({ worse, better, known, expired: over, before, cells }: NightRecord): string[] {
  const broken = cells.filter(({ state }) => state === 'broken')
  return [
    ...(before === undefined ? ['no night before this one to compare with'] : []),
    ...worse.map(
      (one) => `worse: ${one.claim} ${one.from} → ${one.to} in ${one.cell}${one.known ? ` (known: ${one.known})` : ''}`,
    ),
    ...better.map((one) => `better: ${one.claim} ${one.from} → ${one.to} in ${one.cell}`),
    ...(known.length === 0 ? [] : [`${known.length} known failures`]),
    ...over.map((one) => `no longer excused: ${one}`),
    ...broken.map(({ id, reason }) => `broken: ${id}: ${(reason ?? '').split('\n')[0]}`),
    ...(before !== undefined && worse.length === 0 ? ['nothing is worse than the night before'] : []),
  ]
}

async function indexOf(wish: string, { say }: NightlyOptions): Promise<SuiteIndex | undefined> {
  const { suites } = await readCatalog()
  if (!Object.hasOwn(suites, wish)) return undefined
  try {
    return await suiteIndex(wish, say)
  } catch (error) {
    if (!(error instanceof LvslabError)) throw error
    say(`${wish}: ${error.message}`)
    return undefined
  }
}

async function nightBefore(
  asked: string | undefined,
  outDir: string,
): Promise<{ folder: string; night: NightRecord } | undefined> {
  if (asked !== undefined) return { folder: resolve(asked), night: await readNight(asked) }
  const all = await nightsBeside(outDir)
  return all.at(-1)
}

/** Whole nights in the folders beside this one, the oldest first. */
async function nightsBeside(outDir: string): Promise<{ folder: string; night: NightRecord }[]> {
  const parent = dirname(outDir)
  const found: { folder: string; night: NightRecord }[] = []
  for (const name of await readdir(parent).catch(() => [])) {
    const folder = join(parent, name)
    if (folder === outDir || !existsSync(join(folder, 'nightly.json'))) continue
    const night = await readNight(folder).catch(() => undefined)
    if (night) found.push({ folder, night })
  }
  return found.sort((a, b) => (a.night.startedAt < b.night.startedAt ? -1 : 1))
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}
