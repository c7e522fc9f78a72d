import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, type ClientChannel } from 'ssh2'
import { InfrastructureError, messageOf } from '../../errors.ts'
import { shellWord } from '../../shell-word.ts'
import type { ExecOptions, ExecResult } from '../engine.ts'
import type { SshTarget } from './ssh-config.ts'

const DEFAULT_TIMEOUT_MS = 60_000
/** A handshake takes an emulated processor seconds; five machines at it on two cores several times that. */
const HANDSHAKE_TIMEOUT_MS = 60_000
const RETRY_MS = 500
/** What a command left in the background may hold its output open: it is not waited for longer, ms. */
const STRAGGLERS_MS = 300
/** timeout(1) counts whole seconds well, and what it ends has this exit code. */
const KILLED = 137

/** One connection to a machine; every command is a channel of its own on it, so that any number run side by side. */
export class SshConnection {
  readonly #node: string
  readonly #client: Client
  readonly #root: boolean
  #lost: string | undefined
  onClose: () => void = () => undefined

  private constructor(node: string, client: Client, root: boolean) {
    this.#node = node
    this.#client = client
    this.#root = root
    client.on('close', () => {
      this.#lost ??= 'the connection was closed'
      this.onClose()
    })
    client.on('error', (error) => (this.#lost ??= error.message))
  }

  /**
   * Tries until the machine lets it in.
   *
   * @throws InfrastructureError `LVSLAB_E_SSH_UNREACHABLE` when it does not within `timeoutMs`
   */
  static async open(
    node: string,
    target: SshTarget,
    timeoutMs: number,
    until: () => boolean = () => false,
  ): Promise<SshConnection> {
    const privateKey = await readFile(target.identityFile)
    const deadline = performance.now() + timeoutMs
    for (;;) {
      try {
        const client = await connect({ ...target, privateKey })
        return new SshConnection(node, client, target.user === 'root')
      } catch (error) {
        if (performance.now() > deadline || until()) {
          throw new InfrastructureError('LVSLAB_E_SSH_UNREACHABLE', `${node} cannot be reached by ssh`, {
            tried: `ssh ${target.user}@${target.host} -p ${target.port} for ${Math.round(timeoutMs / 1000)} s`,
            seen: messageOf(error),
            todo: `vagrant ssh ${node}, and "vagrant status"`,
            cause: error,
          })
        }
        await pause(RETRY_MS)
      }
    }
  }

  get open(): boolean {
    return this.#lost === undefined
  }

  /**
   * Runs a command as root and waits for its end. A string goes to /bin/sh, an array is executed as it is.
   *
   * @throws InfrastructureError `LVSLAB_E_GUEST_TIMEOUT` when it has not ended within `timeoutMs` (it is killed then),
   * `LVSLAB_E_SSH_LOST` when the machine went away
   */
  async exec(command: string | readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { stdout, ...rest } = await this.execBinary(command, options)
    return { ...rest, stdout: stdout.toString('utf8') }
  }

  async execBinary(
    command: string | readonly string[],
    { timeoutMs = DEFAULT_TIMEOUT_MS, input, env = {} }: ExecOptions = {},
  ): Promise<Omit<ExecResult, 'stdout'> & { readonly stdout: Buffer }> {
    const started = performance.now()
    const words = typeof command === 'string' ? ['/bin/sh', '-c', command] : command
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    // The guest ends it a little later than the host stops waiting: whoever waits is told why.
    const limit = ['timeout', '-s', 'KILL', String(Math.ceil(timeoutMs / 1000) + 1)]
    const channel = await this.channel([...limit, ...(settings.length === 0 ? [] : ['env', ...settings]), ...words])
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    channel.on('data', (chunk: Buffer) => stdout.push(chunk))
    channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    channel.end(input === undefined ? undefined : Buffer.from(input))
    const exitCode = await this.#endOf(channel, timeoutMs)
    const durationMs = performance.now() - started
    if (exitCode === undefined || (exitCode === KILLED && durationMs >= timeoutMs)) {
      channel.close()
      throw new InfrastructureError('LVSLAB_E_GUEST_TIMEOUT', `a command on ${this.#node} took over ${timeoutMs} ms`, {
        tried: `${this.#node}: ${typeof command === 'string' ? command.slice(0, 300) : command.join(' ')}`,
        seen: 'it was still running, and was killed',
        todo: `look at it with "vagrant ssh ${this.#node}", or give it longer`,
      })
    }
    return { exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8'), durationMs }
  }

  /** A channel on which a command runs as root; the caller reads it to its end. */
  async channel(words: readonly string[]): Promise<ClientChannel> {
    if (this.#lost !== undefined) throw this.#lostError()
    const text = [...(this.#root ? [] : ['sudo', '-n', '--']), ...words].map(shellWord).join(' ')
    return new Promise((resolve, reject) => {
      this.#client.exec(text, (error, channel) => {
        if (!error) return resolve(channel)
        this.#lost ??= /Not connected|closed/i.test(error.message) ? error.message : undefined
        reject(this.#lostError(error))
      })
    })
  }

  close(): void {
    this.#lost ??= 'it was closed'
    this.#client.destroy()
  }

  /** The exit code, or undefined when time is up. */
  #endOf(channel: ClientChannel, timeoutMs: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      let code: number | undefined
      let stragglers: NodeJS.Timeout | undefined
      const timer = setTimeout(() => resolve(undefined), timeoutMs)
      const settle = (): void => {
        clearTimeout(timer)
        clearTimeout(stragglers)
        if (code === undefined) reject(this.#lostError())
        else resolve(code)
      }
      channel.on('exit', (exitCode: number | null, signal?: string) => {
        code = exitCode ?? (signal === 'KILL' ? KILLED : 128)
        stragglers = setTimeout(settle, STRAGGLERS_MS)
      })
      channel.on('close', settle)
      channel.on('error', () => undefined)
    })
  }

  #lostError(cause?: unknown): InfrastructureError {
    return new InfrastructureError('LVSLAB_E_SSH_LOST', `${this.#node} can no longer be reached`, {
      tried: `talk to ${this.#node} by ssh`,
      seen: this.#lost ?? messageOf(cause ?? 'the channel was closed'),
      cause,
    })
  }
}

function connect(options: SshTarget & { readonly privateKey: Buffer }): Promise<Client> {
  const { host, port, user: username, privateKey } = options
  return new Promise((resolve, reject) => {
    const client = new Client()
    client.once('ready', () => resolve(client))
    client.once('error', reject)
    client.once('close', () => reject(new Error('the connection was closed during the handshake')))
    client.connect({
      ...{ host, port, username, privateKey, readyTimeout: HANDSHAKE_TIMEOUT_MS },
      // A machine that is frozen or panicked says nothing; the engine knows why.
      keepaliveInterval: 0,
      // What costs an emulated processor least.
      algorithms: {
        kex: { prepend: ['curve25519-sha256'], append: [], remove: [] },
        cipher: { prepend: ['chacha20-poly1305@openssh.com'], append: [], remove: [] },
      },
    })
  })
}
