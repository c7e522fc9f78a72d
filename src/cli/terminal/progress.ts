import { ink, mayColor, widthOf } from './ink.ts'
import { span } from './quantity.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100

/**
 * Shows on standard error what goes on: on a terminal one line that is written over, with the time it takes; elsewhere, and
 * in CI, a line per step.
 */
export class Progress implements Disposable {
  readonly #stream: NodeJS.WriteStream
  readonly #live: boolean
  readonly #started = performance.now()
  #line = ''
  #frame = 0
  #timer: NodeJS.Timeout | undefined

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
    const ci = process.env['CI'] ?? ''
    this.#live = stream.isTTY && (ci === '' || ci === 'false') && process.env['TERM'] !== 'dumb'
  }

  get elapsedMs(): number {
    return performance.now() - this.#started
  }

  readonly say = (line: string): void => {
    if (line === this.#line) return
    this.#line = line
    if (!this.#live) {
      this.#stream.write(`${line}\n`)
      return
    }
    this.#timer ??= setInterval(() => this.#draw(), FRAME_MS).unref()
    this.#draw()
  };

  /** Clears the line away: what comes next is the result. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    if (this.#timer) this.#stream.write('\r\u001b[2K\u001b[?25h')
    this.#timer = undefined
  }

  #draw(): void {
    const paint = ink(mayColor(this.#stream))
    const frame = FRAMES[this.#frame++ % FRAMES.length] ?? ''
    const time = span(this.elapsedMs)
    const room = widthOf(this.#stream) - time.length - 5
    const text = this.#line.length > room ? `${this.#line.slice(0, room - 1)}…` : this.#line
    this.#stream.write(`\r\u001b[2K\u001b[?25l${paint.name(frame)} ${text} ${paint.dim(time)}`)
  }
}
