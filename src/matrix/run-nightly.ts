import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ExitCode, UsageError } from '../errors.ts'
import { hasKernel, hasUserland, tryLock } from '../image/index.ts'
import { replaceFile } from '../report/index.ts'
import { listClaims } from '../run/selection.ts'
import type { History } from './history.ts'
import { ImageBuilder, ImagesAhead, imagesOf, type BuildImage, type WantedImage } from './images-ahead.ts'
import { exitCodeOf, judged, told } from './judge.ts'
import { readKnownFailures, type KnownFailure } from './known-failures.ts'
import type { CellRecord, NightImage, NightRecord } from './night.ts'
import { renderNight } from './page.ts'
import { planNight, today, type NightlyOptions, type PlannedNight } from './plan-night.ts'
import { endedCell, runCell } from './run-cell.ts'

/** What a night has done for it; tests put what needs no machines in their place. */
export interface NightWorkers {
  readonly runCell: typeof runCell
  readonly build: BuildImage
}

/**
 * Runs what a night has left, cell by cell: one that was interrupted, however that was, goes on where it was. Images are
 * built meanwhile. After each cell OUT/nightly.json and nightly.html are whole. Answers the exit code: whether something
 * is worse than the night before, not whether something is red.
 *
 * @throws UsageError what {@link planNight} and {@link readKnownFailures} throw; `LVSLAB_E_NIGHT_RUNNING`
 */
export async function runNightly(options: NightlyOptions): Promise<{ exitCode: number; outDir: string }> {
  const planned = await planNight(options)
  const { outDir } = planned
  const known = await knownIn(planned.known)
  await mkdir(outDir, { recursive: true })
  const release = await lockNight(outDir)
  const builder = new ImageBuilder(outDir, (image) => isCached(image, options.say))
  try {
    return { exitCode: await workOff(planned, known, { runCell, build: builder.build }, options.say), outDir }
  } finally {
    builder.stop()
    await release()
  }
}

/** One that was killed a moment ago may seem to be at work still: so long, ms, until its lock is nobody's. */
const LOCK_WAIT_MS = 25_000

async function lockNight(outDir: string): Promise<() => Promise<void>> {
  const deadline = performance.now() + LOCK_WAIT_MS
  for (;;) {
    const release = await tryLock(outDir)
    if (release) return release
    if (performance.now() > deadline) break
    await setTimeout(500)
  }
  throw new UsageError('LVSLAB_E_NIGHT_RUNNING', `another lvslab is at work on ${outDir}`, {
    todo: 'wait for it, or give another --out',
  })
}

/** @throws UsageError `LVSLAB_E_KNOWN_FAILURES` */
export async function knownIn(path: string | undefined): Promise<KnownFailure[]> {
  if (path === undefined) return []
  return readKnownFailures(
    path,
    (await listClaims()).map(({ id }) => id),
  )
}

/** Whether a build would find nothing to do; a wish that cannot be made out is left to the build to tell of. */
export async function isCached({ kind, wish }: WantedImage, say: (line: string) => void): Promise<boolean> {
  return (kind === 'kernel' ? hasKernel(wish, say) : hasUserland(wish, say)).catch(() => false)
}

/** Everything from the plan to the last cell; answers the exit code. */
export async function workOff(
  { night: planned, outDir, history }: PlannedNight,
  known: readonly KnownFailure[],
  workers: NightWorkers,
  say: (line: string) => void,
): Promise<number> {
  let night = planned
  const begunWith = planned.images ?? []
  const keep = async (): Promise<void> => {
    night = await writeNight(outDir, night, history, known)
  }
  const put = (cell: CellRecord): void => {
    night = { ...night, cells: night.cells.map((one) => (one.id === cell.id ? cell : one)) }
  }
  for (const cell of night.cells.filter(({ state }) => state === 'planned')) {
    const ended = await endedCell(cell, outDir, night.startedAt)
    if (ended) put(ended)
  }
  await keep()
  const left = night.cells.filter(({ state }) => state !== 'done')
  say(`${left.length} of ${night.cells.length} cells to run; ${join(outDir, 'nightly.html')} grows with them`)
  const ahead = new ImagesAhead(workers.build, ({ kind, name, state, log }) => {
    if (state !== 'cached') say(`${kind} ${name}: ${state}${log === undefined ? '' : `, see ${join(outDir, log)}`}`)
  })
  const building = ahead.run(imagesOf(left))
  // Told where it is awaited; until then it must not end the process.
  building.catch(() => undefined)
  for (let turn = 1; left.length > 0; turn++) {
    const cell = await nextOf(left, ahead, building)
    left.splice(left.indexOf(cell), 1)
    const began = performance.now()
    const standing = ahead.standingOf(cell)
    if (typeof standing === 'object') {
      say(`kernel ${cell.kernelName}, keepalived ${cell.keepalivedName}: ${standing.failed.split('\n')[0]}`)
      put({ ...cell, state: 'broken', reason: standing.failed, exitCode: ExitCode.infrastructure, claims: [] })
    } else {
      say(`cell ${turn} of ${turn + left.length}: kernel ${cell.kernelName}, keepalived ${cell.keepalivedName}`)
      const { interrupted, ...ran } = await workers.runCell(cell, {
        ...{ outDir, repeat: night.repeat, grep: night.grep, selection: night.selection },
        onLine: (line) => say(`  ${line}`),
      })
      if (interrupted) return ExitCode.interrupted
      put(ran)
    }
    night = {
      ...night,
      durationMs: Math.round(night.durationMs + performance.now() - began),
      images: imagesSoFar(begunWith, ahead.images),
    }
    await keep()
  }
  for (const line of told(night)) say(line)
  return exitCodeOf(night, history)
}

/** What was built before the night was interrupted is in the cache by now, and was built by it all the same. */
function imagesSoFar(before: readonly NightImage[], now: readonly NightImage[]): NightImage[] {
  const isOf = (image: NightImage) => (one: NightImage) => one.kind === image.kind && one.wish === image.wish
  const kept = before.filter((image) => (now.find(isOf(image)) ?? { state: 'cached' }).state === 'cached')
  return [...kept, ...now.filter((image) => !kept.some(isOf(image)))]
}

/** The first in order that need not wait for an image; where all must, waits with them. */
async function nextOf(left: readonly CellRecord[], ahead: ImagesAhead, building: Promise<void>): Promise<CellRecord> {
  for (;;) {
    const next = ahead.next()
    const able = left.find((cell) => ahead.standingOf(cell) !== 'waiting')
    if (able) return able
    await Promise.race([next, building])
  }
}

/** Judges a night and writes what it leaves: nightly.json and nightly.html, each whole or not at all. */
export async function writeNight(
  outDir: string,
  night: NightRecord,
  history: History,
  known: readonly KnownFailure[],
): Promise<NightRecord> {
  const whole = judged(night, history, known, today())
  await replaceFile(join(outDir, 'nightly.json'), `${JSON.stringify(whole, null, 2)}\n`)
  await replaceFile(join(outDir, 'nightly.html'), renderNight(whole, history, outDir))
  return whole
}
