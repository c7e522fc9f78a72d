import { existsSync } from 'node:fs'
import { cp, link, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { Lab } from '../../../src/cluster/index.ts'
import { HOST_MEMORY } from '../../../src/engine/vm/host-memory.ts'
import { cacheDir, projectRoot } from '../../../src/host/paths.ts'

const LVSLAB = join(projectRoot, 'bin', 'lvslab.js')

/** Names the processes that a home's commands started, and theirs in turn: no other program sets it. */
const MARK = 'LVSLAB_TEST_HOME'

/** What a command of a person's may leave in the temporary folder: development tools' own caches. */
const TOOL_CACHES = /^(tsx-\d+|node-compile-cache)$/

export type EntryKind = 'userland' | 'kernel' | 'template' | 'snapshot'

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** A program that runs the command that follows it. */
  readonly within?: readonly string[]
}

/** A command that runs: what is needed of execa's promise, whose type differs from one kind of module to another. */
export interface Command extends PromiseLike<{
  readonly exitCode?: number
  readonly stdout?: unknown
  readonly stderr?: unknown
}> {
  readonly pid?: number
  kill(signal: NodeJS.Signals): boolean
}

export interface Finished {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}

/** Where a command runs as if nobody else were there: temporary, runtime and cache folder of its own. */
export class Home implements AsyncDisposable {
  readonly path: string
  readonly #env: Record<string, string>

  private constructor(path: string) {
    this.path = path
    const { FORCE_COLOR: _color, LVSLAB_STARTED_BY: _mark, LVSLAB_CLAIMS: _claims, ...inherited } = process.env
    this.#env = {
      ...(inherited as Record<string, string>),
      TMPDIR: this.temporary,
      XDG_RUNTIME_DIR: this.runtime,
      XDG_CACHE_HOME: join(path, 'c'),
      NO_COLOR: '1',
      [MARK]: path,
    }
  }

  /** Sockets want short paths. `entries`: what its cache holds of the user's own, without a byte being copied. */
  static async create(entries: readonly EntryKind[] = []): Promise<Home> {
    const home = new Home(await mkdtemp('/tmp/lvh-'))
    for (const folder of [home.temporary, home.runtime, home.cache, home.out]) await mkdir(folder, { recursive: true })
    for (const name of Object.values(HOST_MEMORY)) {
      await cp(join(cacheDir(), name), join(home.cache, name)).catch(() => undefined)
    }
    if (entries.length > 0) await (warm ??= warmCache())
    for (const kind of entries) await linkEntries(join(cacheDir(), kind), join(home.cache, kind))
    return home
  }

  get temporary(): string {
    return join(this.path, 't')
  }

  get runtime(): string {
    return join(this.path, 'r')
  }

  get cache(): string {
    return join(this.path, 'c', 'lvslab')
  }

  /** Where what is kept goes. */
  get out(): string {
    return join(this.path, 'o')
  }

  start(argv: readonly string[], { env = {}, within = [] }: StartOptions = {}): Command {
    const [file = process.execPath, ...args] = [...within, process.execPath, LVSLAB, ...argv]
    return execa(file, args, {
      cwd: this.out,
      env: { ...this.#env, ...env },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      // A group of its own: a signal for the runner is not one for whoever tests it.
      detached: true,
    })
  }

  /** Runs a command of lvslab to its end. */
  lvslab(argv: readonly string[], { timeoutMs, ...options }: StartOptions & { timeoutMs: number }): Promise<Finished> {
    return finish(this.start(argv, options), timeoutMs)
  }

  /** Pids of everything that this home's commands started and that still runs, with what each is. */
  async processes(): Promise<Map<number, string>> {
    const found = new Map<number, string>()
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
      if (pid === process.pid) continue
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      if (!environment.split('\0').includes(`${MARK}=${this.path}`)) continue
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      found.set(pid, command.replaceAll('\0', ' ').slice(0, 160))
    }
    return found
  }

  /** Everything outside the cache's finished entries and the kept results that is there: must be nothing. */
  async leftovers(): Promise<string[]> {
    const processes = [...(await this.processes())].map(([pid, command]) => `process ${pid}: ${command}`)
    const temporary = (await readdir(this.temporary)).filter((name) => !TOOL_CACHES.test(name))
    const runtime = await filesIn(this.runtime)
    const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
      .split('\n')
      .filter((line) => line.includes(this.path))
    return [
      ...processes,
      ...temporary.map((name) => `temporary: ${name}`),
      ...runtime.map((name) => `runtime: ${name}`),
      ...mounts.map((line) => `mount: ${line}`),
      ...(await this.halfMade()).map((name) => `cache: ${name}`),
    ]
  }

  /** Folders of builds that are not done, locks, and entries without a manifest. */
  async halfMade(): Promise<string[]> {
    const found: string[] = []
    for (const kind of await readdir(this.cache).catch(() => [])) {
      if (kind.endsWith('.json')) continue
      for (const name of await readdir(join(this.cache, kind)).catch(() => [kind])) {
        const whole = existsSync(join(this.cache, kind, name, 'manifest.json'))
        if (name.startsWith('.') || !whole) found.push(join(kind, name))
      }
    }
    return found
  }

  /** {@link leftovers}, looked at until there are none, or time is up. */
  async leftoversAfter(timeoutMs: number): Promise<string[]> {
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const left = await this.leftovers()
      if (left.length === 0 || performance.now() > deadline) return left
      await pause(50)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of (await this.processes()).keys()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Gone already.
      }
    }
    await rm(this.path, { recursive: true, force: true })
  }
}

/** Waits for a command; one that takes too long is ended, and has no exit code. */
export async function finish(child: Command, timeoutMs: number): Promise<Finished> {
  const started = performance.now()
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const { exitCode, stdout, stderr } = await child
  clearTimeout(timer)
  return { exitCode, stdout: String(stdout), stderr: String(stderr), durationMs: performance.now() - started }
}

/** Asks until there is an answer. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}`)
    await pause(20)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

let warm: Promise<void> | undefined

/** On a fresh checkout this test may be the first to need an image: built once in the user's cache, not in every home's. */
async function warmCache(): Promise<void> {
  const evidenceDir = await mkdtemp('/tmp/lvslab-warm-')
  try {
    const lab = await Lab.open({ progress: (line) => process.stderr.write(`# ${line}\n`) })
    await (await lab.boot('dr-vrrp', { evidenceDir }))[Symbol.asyncDispose]()
  } finally {
    await rm(evidenceDir, { recursive: true, force: true })
  }
}

/** Finished entries, by hard links: nothing in them is ever written to. */
async function linkEntries(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from).catch(() => [])) {
    if (name.startsWith('.') || !existsSync(join(from, name, 'manifest.json'))) continue
    await mkdir(join(to, name))
    for (const file of await readdir(join(from, name))) {
      const [source, target] = [join(from, name, file), join(to, name, file)]
      await link(source, target).catch(() => cp(source, target))
    }
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
}
