import { after, type ClusterTime } from '../clock.ts'
import { DueQueue, type CableFrame } from './due-queue.ts'
import { HEADER_BYTES } from './frame-parser.ts'
import type { ImpairmentCounts, ImpairmentSpec } from './impairment.ts'
import type { RandomStream } from './random-stream.ts'

/** netem's default `limit`, 1000 packets (tc-netem(8)), of 1514 bytes each. */
const DEFAULT_QUEUE_BYTES = 1000 * 1514
/** What one impairment may hold, so that it cannot take all memory: half a second of a gigabit per second. */
const MAX_HELD_BYTES = 64 << 20

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** What stages count together: what they dropped, and what else they did. */
export type StageCounts = Writable<ImpairmentCounts> & { lost: number; queueFull: number }

/** One impairment of one cable in one direction: decides each frame's fate, and holds those that must wait. */
export class ImpairmentStage {
  /** Its number among those of the cable and direction. */
  readonly slot: number
  readonly #spec: ImpairmentSpec
  readonly #random: RandomStream
  readonly #counts: StageCounts
  readonly #held = new DueQueue()
  /** When the last bit of all that waits for its turn will have left. */
  #lineFreeAt = -Infinity as ClusterTime
  #sinceReordered = 0

  constructor(slot: number, spec: ImpairmentSpec, random: RandomStream, counts: StageCounts) {
    this.slot = slot
    this.#spec = spec
    this.#random = random
    this.#counts = counts
  }

  get dueAt(): ClusterTime | undefined {
    return this.#held.dueAt
  }

  /** Answers what goes on at once: none, the frame, or two of it. */
  accept(frame: CableFrame, at: ClusterTime): CableFrame[] {
    const copies = this.#happens(this.#spec.duplicate) ? [frame, frame] : [frame]
    this.#counts.duplicated += copies.length - 1
    return copies.flatMap((copy) => this.#pass(copy, at) ?? [])
  }

  takeDue(at: ClusterTime): CableFrame[] {
    return this.#held.takeUntil(at)
  }

  takeAll(): CableFrame[] {
    return this.#held.takeAll()
  }

  #pass(frame: CableFrame, at: ClusterTime): CableFrame | undefined {
    if (this.#happens(this.#spec.loss)) return void this.#counts.lost++
    const arriving = this.#happens(this.#spec.corrupt) ? this.#corrupt(frame) : frame
    if (this.#overtakes()) {
      this.#counts.reordered++
      return arriving
    }
    const leavesAt = this.#takeTurn(arriving.record.length - HEADER_BYTES, at)
    if (leavesAt === undefined) return void this.#counts.queueFull++
    const due = after(leavesAt, this.#delayMs())
    if (due <= at) return arriving
    if (this.#held.bytes + arriving.record.length > MAX_HELD_BYTES) return void this.#counts.queueFull++
    this.#counts.delayed++
    this.#held.add(arriving, due)
    return undefined
  }

  #happens(probability: number | undefined): boolean {
    return probability !== undefined && this.#random.chance(probability)
  }

  #corrupt({ record, ...more }: CableFrame): CableFrame {
    // Others have the frame too. Not slice(): of a Buffer that is a view.
    const corrupted = new Uint8Array(record)
    const bit = this.#random.below((record.length - HEADER_BYTES) * 8)
    corrupted[HEADER_BYTES + (bit >>> 3)]! ^= 1 << (bit & 7)
    this.#counts.corrupted++
    return { ...more, record: corrupted }
  }

  #overtakes(): boolean {
    const { reorder } = this.#spec
    if (reorder === undefined) return false
    const may = this.#sinceReordered >= (reorder.gap ?? 1) - 1
    const does = may && this.#random.chance(reorder.probability ?? 1)
    this.#sinceReordered = does ? 0 : this.#sinceReordered + 1
    return does
  }

  /** When the frame's last bit will have left; undefined if the queue is full. A line that is free takes any frame. */
  #takeTurn(frameBytes: number, at: ClusterTime): ClusterTime | undefined {
    const { rate } = this.#spec
    if (rate === undefined) return at
    const bytesPerMs = rate.bitsPerSecond / 8000
    const waitingBytes = Math.max(0, this.#lineFreeAt - at) * bytesPerMs
    if (waitingBytes > 0 && waitingBytes + frameBytes > (rate.queueBytes ?? DEFAULT_QUEUE_BYTES)) return undefined
    this.#lineFreeAt = after(Math.max(at, this.#lineFreeAt) as ClusterTime, frameBytes / bytesPerMs)
    return this.#lineFreeAt
  }

  #delayMs(): number {
    const { delay } = this.#spec
    if (delay === undefined) return 0
    const { ms, jitterMs = 0, distribution = 'uniform' } = delay
    if (jitterMs === 0) return ms
    const deviation = distribution === 'normal' ? this.#random.normal() : this.#random.uniform() * 2 - 1
    return Math.max(0, ms + jitterMs * deviation)
  }
}
