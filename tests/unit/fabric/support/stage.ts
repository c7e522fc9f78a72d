import type { ClusterTime } from '../../../../src/clock.ts'
import { toRecord } from '../../../../src/fabric/frame-parser.ts'
import type { ImpairmentSpec } from '../../../../src/fabric/index.ts'
import { ImpairmentStage } from '../../../../src/fabric/impairment-stage.ts'
import { RandomStream } from '../../../../src/fabric/random-stream.ts'

export const ms = (value: number) => value as ClusterTime

/** An impairment on its own, with frames that carry their numbers, and a time that the test sets. */
export class StageBench {
  readonly counts = { delayed: 0, duplicated: 0, reordered: 0, corrupted: 0, lost: 0, queueFull: 0 }
  readonly stage: ImpairmentStage
  /** Numbers of the frames that came through, and when. */
  readonly passed: { number: number; at: number }[] = []

  constructor(spec: ImpairmentSpec, seed = 'test') {
    this.stage = new ImpairmentStage(0, spec, new RandomStream(seed), this.counts)
  }

  /** @param everyMs - a frame is sent so often */
  send(frames: number, { everyMs = 0, bytes = 100 } = {}): this {
    for (let number = 0; number < frames; number++) {
      const at = number * everyMs
      this.until(at)
      const frame = Buffer.alloc(bytes)
      frame.writeUInt32BE(number)
      for (const { record } of this.stage.accept({ record: toRecord(frame) }, ms(at))) this.#note(record, at)
    }
    return this
  }

  /** Lets frames go at the very moment at which they are due. */
  until(at: number): this {
    for (let due = this.stage.dueAt; due !== undefined && due <= at; due = this.stage.dueAt) {
      for (const { record } of this.stage.takeDue(due)) this.#note(record, due)
    }
    return this
  }

  get numbers(): number[] {
    return this.passed.map(({ number }) => number)
  }

  /** How long each took, with frames sent every `everyMs`. */
  tookMs(everyMs: number): number[] {
    return this.passed.map(({ number, at }) => at - number * everyMs)
  }

  #note(record: Uint8Array, at: number): void {
    this.passed.push({ number: new DataView(record.buffer, record.byteOffset).getUint32(4), at })
  }
}
