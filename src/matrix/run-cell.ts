import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { median } from 'simple-statistics'
import { ExitCode, messageOf } from '../errors.ts'
import { projectRoot } from '../host/paths.ts'
import { lastLines } from '../host/process.ts'
import { figureSamples } from '../report/compare/figure-samples.ts'
import { readRun, worstVerdict } from '../report/index.ts'
import type { ClaimRecord, RunRecord } from '../run/record.ts'
import { folderOf, type CellClaim, type CellFigure, type CellRecord } from './night.ts'

export interface CellOptions {
  /** The night's folder; the cell's is `cells/<id>` in it. */
  readonly outDir: string
  readonly selection: readonly string[]
  readonly grep?: string | undefined
  readonly repeat: number
  readonly onLine: (line: string) => void
}

export const cellFolder = (outDir: string, id: string): string => join(outDir, folderOf({ id }))

/**
 * Runs a cell as a process of its own, `lvslab run`, which dies with this one. Answers the cell with what came of it; a run
 * that left no whole record leaves a broken cell, with the last that it said.
 */
export async function runCell(cell: CellRecord, options: CellOptions): Promise<CellRecord & { interrupted: boolean }> {
  const folder = cellFolder(options.outDir, cell.id)
  await mkdir(folder, { recursive: true })
  // What an attempt that was cut short left must not be taken for this one's.
  await rm(join(folder, 'run.json'), { force: true })
  const started = performance.now()
  const { exitCode, said, ended } = await lvslabRun(cell, folder, options)
  const durationMs = Math.round(performance.now() - started)
  // Before its first claim a run that is told to end leaves no exit code of its own.
  const interrupted = exitCode === ExitCode.interrupted || ended
  try {
    const run = await readRun(folder)
    if (run.interrupted) {
      const reason = `lvslab run ended with ${exitCode} before its last claim\n${said}`
      return { ...cell, state: interrupted ? cell.state : 'broken', reason, interrupted }
    }
    return { ...cell, ...outcome(run), exitCode, durationMs, interrupted }
  } catch (error) {
    if (interrupted) return { ...cell, interrupted }
    const reason = said === '' ? messageOf(error) : said
    return { ...cell, state: 'broken', reason, exitCode, durationMs, claims: [], interrupted }
  }
}

/**
 * A planned cell that had come to its end when the night itself was ended, before it was written down.
 *
 * @param since - ISO 8601: what is older is another night's
 */
export async function endedCell(cell: CellRecord, outDir: string, since: string): Promise<CellRecord | undefined> {
  const run = await readRun(cellFolder(outDir, cell.id)).catch(() => undefined)
  if (run === undefined || run.interrupted || run.startedAt < since) return undefined
  return { ...cell, ...outcome(run), durationMs: run.durationMs }
}

/** What of a run a night's record keeps. A run whose own instrument was off says nothing, whatever its claims said. */
export function outcome(run: RunRecord): Pick<CellRecord, 'state' | 'reason' | 'release' | 'version' | 'claims'> {
  const versions = { release: run.kernel, version: run.keepalived }
  if (run.calibration?.verdict === 'fail') {
    const reason = `the run's instrument was off: ${run.calibration.reason ?? 'no reason given'}`
    return { ...versions, state: 'broken', reason, claims: [] }
  }
  const ids = [...new Set(run.claims.map(({ id }) => id))]
  const figures = figuresOf(run)
  return {
    ...versions,
    state: 'done',
    claims: ids.map((id) => ({
      ...claimOf(run.claims.filter((claim) => claim.id === id)),
      figures: figures.get(id) ?? [],
    })),
  }
}

function claimOf(records: readonly ClaimRecord[]): Omit<CellClaim, 'figures'> {
  const asserted = records.filter(({ errorKind }) => errorKind === undefined || errorKind === 'assertion')
  const counted = asserted.length > 0 ? asserted : records
  const verdict = worstVerdict(counted.map((record) => record.verdict))
  const { id, reason, errorKind } = counted.find((record) => record.verdict === verdict)!
  return {
    ...{ id, verdict },
    ...(reason === undefined || verdict === 'pass' ? {} : { reason: reason.slice(0, 500) }),
    ...(errorKind === undefined || errorKind === 'assertion' ? {} : { errorKind }),
  }
}

function figuresOf(run: RunRecord): ReadonlyMap<string, CellFigure[]> {
  const byClaim = new Map<string, CellFigure[]>()
  for (const { claim, name, unit, values, bounded, outside } of figureSamples(run).values()) {
    if (values.length === 0) continue
    const figure = {
      ...{ name, value: median([...values]), unit },
      ...(values.length === 1 ? {} : { samples: [...values] }),
      ...(bounded === 0 ? {} : { within: outside === 0 }),
    }
    byClaim.set(claim, [...(byClaim.get(claim) ?? []), figure])
  }
  return byClaim
}

async function lvslabRun(
  cell: CellRecord,
  folder: string,
  { selection, grep, repeat, onLine }: CellOptions,
): Promise<{ exitCode: number; said: string; ended: boolean }> {
  const args = [
    ...['run', ...selection, '--kernel', cell.kernel, '--keepalived', cell.keepalived],
    ...['--out', folder, '--repeat', String(repeat), ...(grep === undefined ? [] : ['--grep', grep])],
    // What a CI system says of parallel jobs is about the night's cells, not about the claims in each.
    ...['--shard', '1/1'],
  ]
  const lvslab = join(projectRoot, 'bin', 'lvslab.js')
  const log = createWriteStream(join(folder, 'run.log'))
  log.on('error', () => undefined)
  let said = ''
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, lvslab, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A terminal's Ctrl-C is for the night, which passes it on.
    detached: true,
  })
  let ended = false
  const passOn = (): void => {
    ended = true
    child.kill('SIGINT')
  }
  process.on('SIGINT', passOn).on('SIGTERM', passOn)
  child.stdout.pipe(log, { end: false })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log.write(text)
    said = (said + text).slice(-4_000)
    for (const line of text.split('\n')) if (/ [✓✗?–] /.test(line)) onLine(line.replace(/^ *[\d.]+ s +/, ''))
  })
  try {
    const exitCode = await new Promise<number>((resolve) => {
      child.once('error', () => resolve(ExitCode.infrastructure))
      child.once('close', (code) => resolve(code ?? ExitCode.infrastructure))
    })
    return { exitCode, said: lastWords(said), ended }
  } finally {
    process.off('SIGINT', passOn).off('SIGTERM', passOn)
    log.end()
  }
}

/** From the error that ended it, if one did; else its last lines. */
export function lastWords(said: string): string {
  const at = said.lastIndexOf('LVSLAB_E_')
  return at < 0 ? lastLines(said, 6) : lastLines(said.slice(at), 12)
}
