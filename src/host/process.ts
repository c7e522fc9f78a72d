import { execa, ExecaError } from 'execa'
import { InfrastructureError, PrerequisiteError } from '../errors.ts'
import { reaper } from './reaper.ts'

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Upper bound for the whole command, ms. */
  readonly timeoutMs: number
  readonly input?: string | Uint8Array
  /** Called for every line of standard error as it comes. */
  readonly onLine?: (line: string) => void
}

/**
 * Runs a program of the host in a process group of its own, which dies with this process.
 *
 * @throws PrerequisiteError `LVSLAB_E_PROGRAM_MISSING` when it is not installed
 * @throws InfrastructureError `LVSLAB_E_PROGRAM_FAILED` with its last lines otherwise
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<{ stdout: string; stderr: string }> {
  const child = execa(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { LC_ALL: 'C.UTF-8', ...options.env },
    timeout: options.timeoutMs,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    detached: true,
    killSignal: 'SIGKILL',
    maxBuffer: 20_000_000,
  })
  const group = child.pid === undefined ? undefined : { processGroup: child.pid }
  if (group) reaper().keepWatchOver(group)
  if (options.onLine) void streamLines(child.iterable({ from: 'stderr' }), options.onLine)
  try {
    const { stdout, stderr } = await child
    return { stdout, stderr }
  } catch (error) {
    throw programError(file, args, error)
  } finally {
    if (group) {
      killGroup(group.processGroup)
      reaper().forget(group)
    }
  }
}

async function streamLines(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of lines) onLine(String(line))
  } catch {
    // The command's own failure is reported by whoever awaits it.
  }
}

/** What a command that ended may have left in its group. */
function killGroup(processGroup: number): void {
  try {
    process.kill(-processGroup, 'SIGKILL')
  } catch {
    // Nothing left, as it should be.
  }
}

function programError(file: string, args: readonly string[], error: unknown): Error {
  if (!(error instanceof ExecaError)) return error as Error
  if (error.code === 'ENOENT')
    return new PrerequisiteError('LVSLAB_E_PROGRAM_MISSING', `${file} is not installed`, {
      tried: [file, ...args].join(' '),
      todo: 'run scripts/setup.sh, or npm start, which runs it',
    })
  const text = [error.stderr, error.stdout].map((part) => (typeof part === 'string' ? part : '')).join('\n')
  return new InfrastructureError(
    'LVSLAB_E_PROGRAM_FAILED',
    error.timedOut ? `${file} took too long` : `${file} failed with ${String(error.exitCode ?? error.signal)}`,
    { tried: [file, ...args].join(' '), seen: lastLines(text, 12), cause: error },
  )
}

/** The last `count` non-empty lines. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n')
}
