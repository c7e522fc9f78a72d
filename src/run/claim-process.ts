import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { lastLines } from '../host/process.ts'
import { projectRoot } from '../host/paths.ts'
import type { TopologyGroup } from '../topology/index.ts'
import type { SessionMessage, SessionSettings } from './claim-session.ts'

export interface ClaimProcessEnd {
  readonly how: string
  /** The last lines of its standard error. */
  readonly stderr: string
}

/**
 * The process that runs the claims of one topology: a tap test file, told by its environment which to run. A process of
 * its own, so that one that crashes or hangs takes neither the runner nor the other claims with it; and one that ends
 * with the runner, however that ends.
 */
export class ClaimProcess {
  readonly #child: ChildProcess
  readonly ended: Promise<ClaimProcessEnd>
  #stderr = ''

  private constructor(child: ChildProcess, onMessage: (message: SessionMessage) => void) {
    this.#child = child
    child.on('message', (message) => {
      // Loaders use the channel too.
      const own = (message as { lvslab?: SessionMessage }).lvslab
      if (own) onMessage(own)
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-8_000)
    })
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve({ how: error.message, stderr: this.#stderr }))
      child.once('close', (code, signal) => {
        resolve({
          how: signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`,
          stderr: lastLines(this.#stderr, 8),
        })
      })
    })
  }

  static async start(
    topology: string,
    settings: SessionSettings,
    onMessage: (message: SessionMessage) => void,
    group?: TopologyGroup,
  ): Promise<ClaimProcess> {
    const file = join(projectRoot, 'tests', group ?? 'documents', `${topology}.test.ts`)
    await mkdir(join(settings.outDir, 'tap'), { recursive: true }).catch(() => undefined)
    // One that may keep clusters up must be able to outlive the runner; it then ends by itself if it keeps none.
    const tie = settings.keep === undefined ? ['--pdeathsig', 'KILL'] : []
    const child = spawn('setpriv', [...tie, '--', process.execPath, '--import', 'tsx', file], {
      cwd: projectRoot,
      env: { ...withoutTap(process.env), LVSLAB_CLAIMS: JSON.stringify(settings), TAP: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A terminal's Ctrl-C is for the runner.
      detached: true,
    })
    // Several processes may have claims of one topology at a time.
    const log = [topology, ...(settings.ids?.slice(0, 1) ?? [])].join('.')
    const tap = createWriteStream(join(settings.outDir, 'tap', `${log}.tap`), { flags: 'a' })
    // A full disk: the claims' own records say so. What the child prints must go somewhere, or it would wait.
    tap.on('error', () => child.stdout?.unpipe(tap).resume())
    child.stdout?.pipe(tap)
    return new ClaimProcess(child, onMessage)
  }

  /** Lets it go on by itself: it keeps clusters up. */
  release(): void {
    this.#child.stdout?.destroy()
    this.#child.stderr?.destroy()
    if (this.#child.connected) this.#child.disconnect()
    this.#child.unref()
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

/** What a person, or a runner, tells tap of their own tests is not for claims: TAP_GREP would pass over them. */
function withoutTap(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TAP_')))
}
