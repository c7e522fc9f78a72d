import { ExitCode } from '../../errors.ts'
import { whyNot, type ClaimStart, type Reporter } from '../../report/index.ts'
import type { ClaimRecord } from '../record.ts'
import { remainingMs, type PlannedClaim } from './estimate.ts'
import { LiveBlock, type Terminal } from './live-block.ts'
import { clockTime, roughly } from './times.ts'

const MARKS = { pass: '✓', fail: '✗', inconclusive: '?', skip: '-' } as const
const COLORS = { pass: '32', fail: '31', inconclusive: '33', skip: '90' } as const

/** The block is drawn so often; faster is not seen and would cost the machines their time. */
const FRAME_MS = 200

/** In a log, silence for so long is broken by a line that says what goes on. */
const SILENCE_MS = 60_000

export interface ProgressStream extends Terminal {
  readonly isTTY?: boolean
}

export interface ProgressPlan {
  /** Every claim as often as it is to be run. */
  readonly claims: readonly PlannedClaim[]
}

interface Running {
  readonly claim: ClaimStart
  readonly lane: number
  readonly since: number
  now: string
  /** Until when it waits at the longest, on `performance.now`'s clock. */
  until?: number | undefined
}

/**
 * What a person sees while claims run: a line for each that has ended, and on a terminal below them what every lane does,
 * what it waits for and until when, and how long it is all going to take. Elsewhere plain lines.
 */
export class ProgressView implements Reporter {
  readonly #out: ProgressStream
  readonly #plan: ProgressPlan
  readonly #live: LiveBlock | undefined
  readonly #color: boolean
  readonly #started = performance.now()
  readonly #known = new Map<string, number>()
  readonly #waiting: PlannedClaim[]
  readonly #ended: ClaimRecord[] = []
  readonly #running = new Map<string, Running>()
  readonly #timer: NodeJS.Timeout
  /** Somebody else ends the process when it is interrupted, in their own way. */
  signalsAreMinded = false
  #lanes = 1
  #doing: string | undefined
  #lastWrite = performance.now()

  constructor(out: ProgressStream, plan: ProgressPlan, env: NodeJS.ProcessEnv = process.env) {
    this.#out = out
    this.#plan = plan
    this.#waiting = [...plan.claims]
    const ci = env['CI'] ?? ''
    const live = out.isTTY === true && (ci === '' || ci === 'false') && env['TERM'] !== 'dumb'
    this.#live = live ? new LiveBlock(out) : undefined
    this.#color = out.isTTY === true && env['TERM'] !== 'dumb' && (env['NO_COLOR'] ?? '') === ''
    this.#timer = setInterval(() => (live ? this.#draw() : this.#breakSilence()), live ? FRAME_MS : 5_000).unref()
    // However the process ends, nothing half drawn stays behind.
    if (live) process.on('exit', this.#clear).on('SIGINT', this.#onSignal).on('SIGTERM', this.#onSignal)
  }

  /** What is still to go is estimated from what earlier runs took, ms, by claim id, and from how many lanes there are. */
  expect(durations: ReadonlyMap<string, number>, lanes: number): void {
    for (const [id, ms] of durations) this.#known.set(id, ms)
    this.#lanes = lanes
  }

  /** What is done before or between claims, on a terminal for as long as it lasts; `undefined`: nothing any more. */
  doing(line: string | undefined): void {
    if (!this.#live && line !== undefined) this.#print(line)
    this.#doing = line
    this.#draw()
  }

  /** Something worth a line of its own, or what a running claim does now. */
  progress(line: string, id?: string, waitMs?: number): void {
    const running = id === undefined ? undefined : this.#running.get(id)
    // Builds are worth seeing everywhere; a claim's steps only live.
    if (running === undefined || /trying again$/.test(line)) return this.#print(line)
    running.now = line
    running.until = waitMs === undefined ? undefined : performance.now() + waitMs
  }

  claimStarted(claim: ClaimStart): void {
    const before = this.#running.get(claim.id)
    const at = this.#waiting.findIndex(({ id }) => id === claim.id)
    // A further attempt is the same claim, still running.
    if (!before && at >= 0) this.#waiting.splice(at, 1)
    const lane = before?.lane ?? this.#freeLane()
    const now = claim.attempt === 1 ? claim.title : `attempt ${claim.attempt}: ${claim.title}`
    this.#running.set(claim.id, { claim, lane, since: performance.now(), now })
  }

  claimEnded(record: ClaimRecord): void {
    this.#ended.push(record)
    this.#running.delete(record.id)
    if (record.durationMs > 0 && record.errorKind === undefined && !this.#known.has(record.id))
      this.#known.set(record.id, record.durationMs)
    const mark = this.#paint(COLORS[record.verdict], MARKS[record.verdict])
    const took = `${(record.durationMs / 1000).toFixed(1)} s`
    const id = record.id.padEnd(7)
    // One line each on a terminal; a log has room.
    const room = this.#live ? this.#live.width - `${this.#time()}  ✓ ${id}   ${took}`.length : Infinity
    const title = record.title.length > room ? `${record.title.slice(0, Math.max(0, room - 1))}…` : record.title
    const reason = record.verdict === 'pass' ? undefined : whyNot(record)
    const lines = (reason ?? '').split('\n').map((line) => `           ${line}`)
    const head = `${this.#paint('90', this.#time())}  ${mark} ${id} ${title}  ${this.#paint('90', took)}`
    this.#write([head, ...(reason === undefined ? [] : lines)].join('\n'))
  }

  runEnded(): void {
    this.close()
  }

  /** Takes what is live off the screen, for good. */
  close(): void {
    clearInterval(this.#timer)
    this.#clear()
    process.off('exit', this.#clear).off('SIGINT', this.#onSignal).off('SIGTERM', this.#onSignal)
  }

  readonly #clear = (): void => this.#live?.clear()

  readonly #onSignal = (): void => {
    if (this.signalsAreMinded) return
    // Without this listener the signal would have ended the process. Others who listen (execa's clean-up) do so only to
    // hear of the end.
    this.close()
    process.exit(ExitCode.interrupted)
  }

  #freeLane(): number {
    const taken = new Set([...this.#running.values()].map(({ lane }) => lane))
    let lane = 1
    while (taken.has(lane)) lane += 1
    return lane
  }

  #draw(): void {
    this.#live?.draw(this.#block())
  }

  #print(line: string): void {
    this.#write(`${this.#paint('90', this.#time())}  ${line}`)
  }

  #write(text: string): void {
    this.#lastWrite = performance.now()
    if (this.#live) this.#live.print(text, this.#block())
    else this.#out.write(`${text}\n`)
  }

  #breakSilence(): void {
    if (performance.now() - this.#lastWrite < SILENCE_MS || this.#running.size === 0) return
    const doing = [...this.#running.values()].map(({ claim, since, now }) => `${claim.id} (${seconds(since)}): ${now}`)
    this.#print(`${this.#counts()}; running: ${doing.join('; ')}`)
  }

  #block(): string[] {
    const lanes = [...this.#running.values()].toSorted((a, b) => a.lane - b.lane)
    if (lanes.length === 0 && this.#doing === undefined) return []
    const head = `${this.#time()}  ${this.#counts()}${this.#estimate()}`
    const doing = this.#doing === undefined ? [] : [`         ${this.#doing}`]
    return ['', this.#paint('1', head), ...doing, ...lanes.map((running) => this.#lane(running))]
  }

  #lane({ claim, lane, since, now, until }: Running): string {
    const place = `${seconds(since).padStart(7)}  ${this.#lanes > 1 ? `${lane} ` : ''}${claim.topology}`
    return `${this.#paint('90', place)} ${this.#paint('36', claim.id)} ${waitText(now, until)}`
  }

  #counts(): string {
    const count = (verdict: ClaimRecord['verdict']): number =>
      this.#ended.filter((record) => record.verdict === verdict).length
    const bad = [
      count('fail') > 0 ? `${count('fail')} failed` : undefined,
      count('inconclusive') > 0 ? `${count('inconclusive')} inconclusive` : undefined,
    ].filter((part) => part !== undefined)
    const done = `${this.#ended.length} of ${this.#plan.claims.length} claims`
    return bad.length === 0 ? done : `${done}, ${bad.join(', ')}`
  }

  #estimate(): string {
    const running = [...this.#running.values()].map(({ claim, since }) => {
      const timed = this.#plan.claims.find(({ id }) => id === claim.id)?.timed ?? false
      return { id: claim.id, timed, elapsedMs: performance.now() - since }
    })
    const ms = remainingMs(this.#waiting, running, this.#known, this.#lanes)
    if (ms === undefined) return ''
    return ms < 1000 ? ', about to end' : `, about ${roughly(ms)} to go, until ${clockTime(new Date(Date.now() + ms))}`
  }

  #time(): string {
    return seconds(this.#started).padStart(7)
  }

  #paint(code: string, text: string): string {
    return this.#color && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text
  }
}

/** The deadline comes first: at 80 columns the end of a line is often cut off. */
function waitText(now: string, until: number | undefined): string {
  if (until === undefined) return now
  const left = `at most ${Math.max(0, (until - performance.now()) / 1000).toFixed(0)} s`
  return now.startsWith('waiting for ') ? now.replace('waiting', `waiting ${left}`) : `${now}, ${left}`
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
