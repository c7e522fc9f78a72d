import type { ClusterTime } from '../clock.ts'
import type { CableId } from './types.ts'

/** A frame on its way through a cable. */
export interface CableFrame {
  readonly record: Uint8Array
  /** For the capture. */
  readonly comment?: string | undefined
  /** On its way out of the network: the cable that it entered by. */
  readonly from?: CableId | undefined
}

interface Entry {
  readonly frame: CableFrame
  readonly due: ClusterTime
}

/** Frames in the order in which they are due; of those due at one time, the first that came first. */
export class DueQueue {
  #entries: Entry[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  /** When the first is due. */
  get dueAt(): ClusterTime | undefined {
    return this.#entries[0]?.due
  }

  /** The frame is copied: as a view it would keep alive all that was read along with it. */
  add({ record, ...more }: CableFrame, due: ClusterTime): void {
    this.#bytes += record.length
    this.#entries.splice(this.#countUntil(due), 0, { frame: { ...more, record: new Uint8Array(record) }, due })
  }

  /** Those that are due at `at` or before. */
  takeUntil(at: ClusterTime): CableFrame[] {
    const taken = this.#entries.splice(0, this.#countUntil(at)).map(({ frame }) => frame)
    for (const { record } of taken) this.#bytes -= record.length
    return taken
  }

  takeAll(): CableFrame[] {
    return this.takeUntil(Infinity as ClusterTime)
  }

  /** How many are due at `at` or before. By bisection. */
  #countUntil(at: ClusterTime): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#entries[middle]!.due > at) high = middle
      else low = middle + 1
    }
    return low
  }
}
