import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { median } from 'simple-statistics'
import { ExitCode, messageOf } from '../errors.ts'
import { projectRoot } from '../host/paths.ts'
import { lastLines } from '../host/process.ts'
import { readRun, worstVerdict } from '../report/index.ts'
import type { ClaimRecord, RunRecord } from '../run/record.ts'
import type { CellClaim, CellRecord } from './night.ts'

export interface CellOptions {
  /** The night's folder; the cell's is `cells/<id>` in it. */
  readonly outDir: string
  readonly selection: readonly string[]
  readonly grep?: string | undefined
  readonly repeat: number
  readonly onLine: (line: string) => void
}

export const cellFolder = (outDir: string, id: string): string => join(outDir, 'cells', id)

/**
 * Runs a cell as a process of its own, `lvslab run`, which dies with this one. Answers the cell with what came of it; a run
 * that left no whole record leaves a broken cell, with the last that it said.
 */
export async function runCell(cell: CellRecord, options: CellOptions): Promise<CellRecord & { interrupted: boolean }> {
  const folder = cellFolder(options.outDir, cell.id)
  await mkdir(folder, { recursive: true })
  const started = performance.now()
  const { exitCode, said } = await lvslabRun(cell, folder, options)
  const durationMs = Math.round(performance.now() - started)
  const interrupted = exitCode === ExitCode.interrupted
  try {
    const run = await readRun(folder)
    if (run.interrupted) return { ...cell, interrupted: true }
    return { ...cell, ...outcome(run), state: 'done', exitCode, durationMs, interrupted }
  } catch (error) {
    const reason = said === '' ? messageOf(error) : said
    return { ...cell, state: 'broken', reason, exitCode, durationMs, claims: [], interrupted }
  }
}

/** What of a run a night's record keeps. */
export function outcome(run: RunRecord): Pick<CellRecord, 'release' | 'version' | 'claims'> {
  const ids = [...new Set(run.claims.map(({ id }) => id))]
  return {
    release: run.kernel,
    version: run.keepalived,
    claims: ids.map((id) => claimOf(run.claims.filter((claim) => claim.id === id))),
  }
}

function claimOf(records: readonly ClaimRecord[]): CellClaim {
  const verdict = worstVerdict(records.map((record) => record.verdict))
  const { reason } = records.find((record) => record.verdict === verdict)!
  const names = [...new Set(records.flatMap(({ figures }) => figures.map(({ name }) => name)))]
  return {
    id: records[0]!.id,
    verdict,
    ...(reason === undefined || verdict === 'pass' ? {} : { reason: reason.slice(0, 500) }),
    figures: names.map((name) => {
      const all = records.flatMap(({ figures }) => figures.filter((figure) => figure.name === name))
      const bounded = all.filter(({ within }) => within !== undefined)
      return {
        ...{ name, value: median(all.map(({ value }) => value)), unit: all[0]!.unit },
        ...(bounded.length === 0 ? {} : { within: bounded.every(({ within }) => within === true) }),
      }
    }),
  }
}

async function lvslabRun(
  cell: CellRecord,
  folder: string,
  { selection, grep, repeat, onLine }: CellOptions,
): Promise<{ exitCode: number; said: string }> {
  const args = [
    ...['run', ...selection, '--kernel', cell.kernel, '--keepalived', cell.keepalived],
    ...['--out', folder, '--repeat', String(repeat), ...(grep === undefined ? [] : ['--grep', grep])],
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
  const passOn = (): void => void child.kill('SIGINT')
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
    return { exitCode, said: lastLines(said, 6) }
  } finally {
    process.off('SIGINT', passOn).off('SIGTERM', passOn)
    log.end()
  }
}
