import { spawn, type ChildProcess } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InfrastructureError } from '../../errors.ts'
import { MARK } from '../../host/marked-processes.ts'
import { lastLines } from '../../host/process.ts'
import { fromPlainError } from '../control/plain-error.ts'
import type { Status } from '../control/status-schema.ts'
import { launchMessageSchema, type Launch } from './launch.ts'

/** Building images the first time takes minutes; more than this means that something hangs. */
const BOOT_TIMEOUT_MS = 45 * 60_000
/** A supervisor that was told to end takes its machines down within this, or is ended. */
const END_TIMEOUT_MS = 10_000

export interface StartOptions {
  readonly onProgress: (line: string) => void
  /** Aborted: everything is taken down again. */
  readonly signal: AbortSignal
}

/**
 * Starts a supervisor, and waits until its cluster is ready. It goes on by itself then.
 *
 * @throws LvslabError as the boot does; the signal's reason when it was aborted
 */
export async function startSupervisor(launch: Launch, { onProgress, signal }: StartOptions): Promise<Status> {
  const logPath = join(launch.evidence, 'supervisor.log')
  const log = openSync(logPath, 'a', 0o600)
  const child = spawn(process.execPath, [...supervisorArgs(), JSON.stringify(launch)], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    // A mark would have it ended with whoever started this command.
    env: { ...process.env, [MARK]: undefined },
  })
  closeSync(log)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, killer) => resolve(killer === null ? `exit code ${code ?? '?'}` : `signal ${killer}`))
  })
  try {
    const timeout = AbortSignal.timeout(BOOT_TIMEOUT_MS)
    const status = await untilReady(child, ended, AbortSignal.any([signal, timeout]), onProgress, logPath)
    child.unref()
    return status
  } catch (error) {
    await endChild(child, ended)
    throw error
  } finally {
    if (child.connected) child.disconnect()
  }
}

function untilReady(
  child: ChildProcess,
  ended: Promise<string>,
  signal: AbortSignal,
  onProgress: (line: string) => void,
  logPath: string,
): Promise<Status> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    child.on('message', (raw) => {
      const message = launchMessageSchema.parse(raw)
      if ('progress' in message) onProgress(message.progress)
      else if ('failed' in message) reject(fromPlainError(message.failed))
      else resolve(message.ready)
    })
    void ended.then(async (how) => {
      const seen = lastLines(await readFile(logPath, 'utf8').catch(() => ''), 12)
      reject(
        new InfrastructureError('LVSLAB_E_SUPERVISOR_ENDED', 'the supervisor ended before the cluster was ready', {
          seen: `${how}\n${seen}`,
          todo: `its log: ${logPath}`,
        }),
      )
    })
  })
}

/** Lets it take its machines down; they die with it in any case. */
async function endChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS)
  await ended
  clearTimeout(timer)
}

/** The supervisor's program, compiled or from its source. */
function supervisorArgs(): string[] {
  const source = import.meta.url.endsWith('.ts')
  const path = fileURLToPath(new URL(source ? './main.ts' : './main.js', import.meta.url))
  return source ? ['--import', import.meta.resolve('tsx'), path] : [path]
}
