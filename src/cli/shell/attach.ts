import { connect, type Socket } from 'node:net'
import { ExitCode, InfrastructureError, messageOf } from '../../errors.ts'
import type { ControlClient } from '../control/client.ts'
import { say } from '../terminal/output.ts'
import { ScreenState } from './screen-state.ts'

/** Ctrl-], as telnet has it: no shell or editor that matters here uses it. */
const ESCAPE = 0x1d
const CALL_TIMEOUT_MS = 25_000

/** How an attachment ended. */
type End = 'shell' | 'person' | NodeJS.Signals

/**
 * Gives the person's terminal to a shell in a node, until one of the two leaves. However it ends, the terminal is put back
 * as it was.
 * @returns the shell's exit code; 0 when the person hung up
 */
export async function attach(control: ControlClient, who: string, cluster: string): Promise<number> {
  const { stdin, stdout } = process
  const size = (): { rows: number; columns: number } => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 })
  const first = size()
  const opened = await control.call(
    'terminal',
    { node: who, ...first, term: process.env['TERM'] ?? 'xterm-256color' },
    { timeoutMs: CALL_TIMEOUT_MS },
  )
  const { terminal, node } = opened
  const socket = await connected(opened.socketPath, node)
  const resize = (): void => {
    control.call('resize', { terminal, ...size() }, { timeoutMs: CALL_TIMEOUT_MS }).catch(() => undefined)
  }
  say(`${node} (${cluster}): "exit" leaves, Ctrl-] hangs up`)
  // It may have changed while the terminal was opened.
  if (size().rows !== first.rows || size().columns !== first.columns) resize()
  stdout.on('resize', resize)
  const screen = new ScreenState()
  const restore = (): void => {
    stdin.setRawMode(false)
    stdout.write(screen.undo())
  }
  process.once('exit', restore)
  let end: End
  try {
    stdin.setRawMode(true)
    end = await transfer(socket, stdin, stdout, screen)
  } finally {
    stdout.off('resize', resize)
    process.off('exit', restore)
    stdin.pause()
    restore()
    socket.destroy()
  }
  if (end === 'person') say(`\nhung up on ${node}`)
  if (end !== 'shell') return end === 'person' ? ExitCode.pass : ExitCode.interrupted
  const { exitCode } = await control
    .call('close', { terminal }, { timeoutMs: CALL_TIMEOUT_MS })
    .catch((error: unknown) => {
      throw new InfrastructureError('LVSLAB_E_TERMINAL_LOST', `the terminal of ${node} is gone`, {
        seen: messageOf(error),
      })
    })
  if (exitCode !== undefined) return exitCode
  // The prompt is where it was left.
  say('')
  throw new InfrastructureError('LVSLAB_E_TERMINAL_LOST', `the terminal of ${node} is gone`, {
    todo: 'see whether the machine still runs: npx lvslab status',
  })
}

async function connected(path: string, node: string): Promise<Socket> {
  const socket = connect(path)
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject)).catch(
    (error: unknown) => {
      throw new InfrastructureError('LVSLAB_E_TERMINAL_LOST', `the terminal of ${node} cannot be reached`, {
        tried: `connect to ${path}`,
        cause: error,
      })
    },
  )
  return socket
}

/** Carries bytes both ways until the shell ends, the person hangs up, or a signal comes. */
function transfer(
  socket: Socket,
  stdin: NodeJS.ReadStream,
  stdout: NodeJS.WriteStream,
  screen: ScreenState,
): Promise<End> {
  return new Promise((resolve) => {
    const signals = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const
    const finish = (end: End): void => {
      stdin.off('data', onKeys)
      for (const signal of signals) process.off(signal, finish)
      resolve(end)
    }
    const onKeys = (keys: Buffer): void => {
      const escape = keys.indexOf(ESCAPE)
      if (!socket.write(escape < 0 ? keys : keys.subarray(0, escape))) {
        stdin.pause()
        socket.once('drain', () => stdin.resume())
      }
      if (escape >= 0) finish('person')
    }
    for (const signal of signals) process.on(signal, finish)
    socket.on('data', (chunk) => {
      screen.push(chunk)
      if (stdout.write(chunk)) return
      socket.pause()
      stdout.once('drain', () => socket.resume())
    })
    socket.on('error', () => undefined)
    socket.on('close', () => finish('shell'))
    stdin.on('data', onKeys)
    stdin.on('end', () => finish('person'))
    stdin.resume()
  })
}
