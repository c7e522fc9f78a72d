import { execa, ExecaError } from 'execa'
import { InfrastructureError, PrerequisiteError } from '../errors.ts'
import { endMarked, MARK, nextMark, signalQuietly } from './marked-processes.ts'
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

/** How long what a command left running in the background may still write before it is ended, ms. */
const STRAGGLERS_MS = 1_000

/**
 * Runs a program of the host in a process group of its own, which dies with this process. When the program ends or its
 * time is up, so does what it started: the group, and daemons that left it but carry this call's mark.
 *
 * @throws PrerequisiteError `LVSLAB_E_PROGRAM_MISSING` when it is not installed
 * @throws InfrastructureError `LVSLAB_E_PROGRAM_FAILED` with its last lines otherwise
 */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<{ stdout: string; stderr: string }> {
  const mark = nextMark()
  const child = execa(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { LC_ALL: 'C.UTF-8', PATH: searchPath(), ...options.env, [MARK]: mark },
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    detached: true,
    killSignal: 'SIGKILL',
    maxBuffer: 20_000_000,
  })
  const group = child.pid === undefined ? undefined : { processGroup: child.pid }
  if (group) reaper().keepWatchOver(group)
  if (options.onLine) void streamLines(child.iterable({ from: 'stderr' }), options.onLine)
  // The command's descendants hold its pipes: ending it alone would leave us waiting for them.
  const endAll = (): void => {
    if (group) signalQuietly(-group.processGroup, 'SIGKILL')
    void endMarked(mark)
  }
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    endAll()
  }, options.timeoutMs)
  let stragglers: NodeJS.Timeout | undefined
  child.once('exit', () => (stragglers = setTimeout(endAll, STRAGGLERS_MS)))
  try {
    const { stdout, stderr } = await child
    return { stdout, stderr }
  } catch (error) {
    await endMarked(mark)
    throw programError(file, args, error, timedOut)
  } finally {
    clearTimeout(timer)
    clearTimeout(stragglers)
    if (group) {
      signalQuietly(-group.processGroup, 'SIGKILL')
      reaper().forget(group)
    }
  }
}

/** depmod and mke2fs are in sbin, which Debian leaves out of an ordinary user's path. */
function searchPath(): string {
  return `${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}:/usr/sbin:/sbin`
}

async function streamLines(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of lines) onLine(String(line))
  } catch {
    // The command's own failure is reported by whoever awaits it.
  }
}

function programError(file: string, args: readonly string[], error: unknown, timedOut: boolean): Error {
  if (!(error instanceof ExecaError)) return error as Error
  if (error.code === 'ENOENT')
    return new PrerequisiteError('LVSLAB_E_PROGRAM_MISSING', `${file} is not installed`, {
      tried: [file, ...args].join(' '),
      todo: 'run scripts/setup.sh, or npm start, which runs it',
    })
  const text = [error.stderr, error.stdout].map((part) => (typeof part === 'string' ? part : '')).join('\n')
  return new InfrastructureError(
    'LVSLAB_E_PROGRAM_FAILED',
    timedOut ? `${file} took too long` : `${file} failed with ${String(error.exitCode ?? error.signal)}`,
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
