import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../host/paths.ts'
import type { CellRecord, NightImage } from './night.ts'
import { lastWords } from './run-cell.ts'

export type WantedImage = Pick<NightImage, 'kind' | 'wish' | 'name'>

/** Makes sure of one image; answers how, or the last that the failed build said. */
export type BuildImage = (image: WantedImage) => Promise<NightImage & { readonly reason?: string }>

/** The images that cells need, in the order in which they need them, each once. */
export function imagesOf(cells: readonly CellRecord[]): WantedImage[] {
  const all = cells.flatMap((cell): WantedImage[] => [
    { kind: 'kernel', wish: cell.kernel, name: cell.kernelName },
    { kind: 'keepalived', wish: cell.keepalived, name: cell.keepalivedName },
  ])
  return [...new Map(all.map((image) => [keyOf(image), image])).values()]
}

const keyOf = ({ kind, wish }: Pick<WantedImage, 'kind' | 'wish'>): string => `${kind} ${wish}`

/**
 * Builds a night's images one at a time, in the order of its plan, while its cells run: a cell waits for its own two and
 * for no other.
 */
export class ImagesAhead {
  readonly #done = new Map<string, Awaited<ReturnType<BuildImage>>>()
  readonly #build: BuildImage
  readonly #onDone: (image: Awaited<ReturnType<BuildImage>>) => void
  #waiting: (() => void)[] = []

  constructor(build: BuildImage, onDone: (image: Awaited<ReturnType<BuildImage>>) => void) {
    this.#build = build
    this.#onDone = onDone
  }

  /** In the order in which they were done. */
  get images(): NightImage[] {
    return [...this.#done.values()].map(({ reason: _, ...image }) => image)
  }

  async run(images: readonly WantedImage[]): Promise<void> {
    for (const image of images) {
      const done = await this.#build(image)
      this.#done.set(keyOf(image), done)
      this.#onDone(done)
      for (const wake of this.#waiting.splice(0)) wake()
    }
  }

  /** Resolves when the next image is done. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Whether a cell can run; `failed` says why it never can. */
  standingOf(cell: CellRecord): 'ready' | 'waiting' | { readonly failed: string } {
    const [kernel, keepalived] = imagesOf([cell]).map((image) => this.#done.get(keyOf(image)))
    const failed = [kernel, keepalived].find((image) => image?.state === 'failed')
    if (failed) {
      const told = `${failed.kind} ${failed.name} could not be built; its log: ${failed.log ?? 'none'}`
      return { failed: failed.reason === undefined ? told : `${told}\n${failed.reason}` }
    }
    return kernel && keepalived ? 'ready' : 'waiting'
  }
}

/** Builds as processes of their own that yield the processor to the machines, and die with this one. */
export class ImageBuilder {
  readonly #outDir: string
  readonly #isCached: (image: WantedImage) => Promise<boolean>
  #child: ChildProcess | undefined

  constructor(outDir: string, isCached: (image: WantedImage) => Promise<boolean>) {
    this.#outDir = outDir
    this.#isCached = isCached
  }

  readonly build: BuildImage = async (image) => {
    const started = performance.now()
    if (await this.#isCached(image)) return { ...image, state: 'cached', durationMs: 0 }
    const log = join('images', `${image.kind}-${image.name.replaceAll(/[^\w.+~-]/g, '_')}.log`)
    const { exitCode, said } = await this.#run(image, join(this.#outDir, log))
    const durationMs = Math.round(performance.now() - started)
    if (exitCode === 0) return { ...image, state: 'built', durationMs, log }
    return { ...image, state: 'failed', durationMs, log, reason: lastWords(said) }
  }

  /** Ends the build that goes on; what it began is cleared away by the reaper. */
  stop(): void {
    this.#child?.kill('SIGKILL')
  }

  async #run({ kind, wish }: WantedImage, path: string): Promise<{ exitCode: number; said: string }> {
    await mkdir(join(path, '..'), { recursive: true })
    const log = createWriteStream(path)
    log.on('error', () => undefined)
    const lvslab = [process.execPath, join(projectRoot, 'bin', 'lvslab.js'), 'image', 'build', `--${kind}`, wish]
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'nice', '-n', '19', ...lvslab], {
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#child = child
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        log.write(text)
        said = (said + text).slice(-4_000)
      })
    const exitCode = await new Promise<number>((resolve) => {
      child.once('error', (error) => {
        said += error.message
        resolve(1)
      })
      child.once('close', (code) => resolve(code ?? 1))
    })
    log.end()
    return { exitCode, said }
  }
}
