import type { Claim } from '../topology/index.ts'
import type { ClaimRecord } from './record.ts'

const MARKS = { pass: '✓', fail: '✗', inconclusive: '?', skip: '-' } as const
const COLORS = { pass: '32', fail: '31', inconclusive: '33', skip: '90' } as const

/**
 * What a person sees while claims run: a line for each that has ended, and on a terminal a last line that says what is
 * going on now. Elsewhere, plain lines.
 */
export class ProgressView {
  readonly #out: NodeJS.WriteStream
  readonly #total: number
  readonly #live: boolean
  readonly #color: boolean
  readonly #started = performance.now()
  #ended = 0
  readonly #running = new Map<string, { readonly since: number; now: string }>()
  readonly #timer: NodeJS.Timeout | undefined

  constructor(out: NodeJS.WriteStream, total: number) {
    this.#out = out
    this.#total = total
    this.#live = out.isTTY && process.env['CI'] === undefined
    this.#color = out.isTTY && process.env['NO_COLOR'] === undefined
    if (this.#live) this.#timer = setInterval(() => this.#draw(), 250)
    this.#timer?.unref()
  }

  /** Something worth a line of its own. */
  say(line: string): void {
    this.#erase()
    this.#out.write(`${this.#paint('90', seconds(this.#started).padStart(7))}  ${line}\n`)
    this.#draw()
  }

  start(claim: Claim, attempt: number): void {
    const now = attempt === 1 ? claim.title : `attempt ${attempt}: ${claim.title}`
    this.#running.set(claim.id, { since: performance.now(), now })
    this.#draw()
  }

  /** What a running claim does, or what is built for one. */
  progress(line: string, id?: string): void {
    const running = id === undefined ? undefined : this.#running.get(id)
    // Builds are worth seeing everywhere; a claim's steps only live.
    if (running === undefined || /trying again$/.test(line)) return this.say(line)
    running.now = line
    this.#draw()
  }

  end(record: ClaimRecord): void {
    this.#ended += 1
    this.#running.delete(record.id)
    const mark = this.#paint(COLORS[record.verdict], MARKS[record.verdict])
    const took = `${(record.durationMs / 1000).toFixed(1)} s`
    const time = seconds(this.#started).padStart(7)
    // One line each on a terminal; a log has room.
    const room = this.#live
      ? (this.#out.columns ?? 80) - `${time}  ✓ ${record.id.padEnd(7)}   ${took} `.length
      : Infinity
    const title = record.title.length > room ? `${record.title.slice(0, Math.max(0, room - 1))}…` : record.title
    this.#erase()
    this.#out.write(`${this.#paint('90', time)}  ${mark} ${record.id.padEnd(7)} ${title}  ${this.#paint('90', took)}\n`)
    if (record.verdict !== 'pass' && record.reason !== undefined) {
      this.#out.write(
        record.reason
          .split('\n')
          .map((line) => `           ${line}\n`)
          .join(''),
      )
    }
    this.#draw()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#erase()
  }

  #draw(): void {
    if (!this.#live || this.#running.size === 0) return
    const head = `${seconds(this.#started).padStart(7)}  [${this.#ended}/${this.#total}] `
    // Side by side they share the line.
    const room = Math.floor(((this.#out.columns ?? 80) - 1 - head.length) / this.#running.size)
    const parts = [...this.#running].map(([id, { since, now }]) => {
      const text = `${id} ${seconds(since)}: ${now}`
      return this.#running.size === 1 ? text : text.slice(0, room - 2).padEnd(room)
    })
    this.#out.write(`\r\x1b[K${(head + parts.join('')).slice(0, (this.#out.columns ?? 80) - 1)}`)
  }

  #erase(): void {
    if (this.#live) this.#out.write('\r\x1b[K')
  }

  #paint(code: string, text: string): string {
    return this.#color ? `\x1b[${code}m${text}\x1b[0m` : text
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
