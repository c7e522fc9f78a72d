import type { ClusterTime } from '../clock.ts'
import type { CablePort } from './cable-port.ts'
import type { CableFrame } from './due-queue.ts'
import { ImpairedWay } from './impaired-way.ts'
import type { Direction, ImpairmentId, ImpairmentOrder, ImpairmentSpec } from './impairment.ts'
import { ImpairmentStage } from './impairment-stage.ts'
import type { MonotonicClock } from './monotonic-clock.ts'
import { PreciseTimer } from './precise-timer.ts'
import { RandomStream } from './random-stream.ts'

const DEFAULT_SEED = 1

/** What is done with a frame that has come through a cable: `in` into the network, `out` to the machine. */
export type CableEnd = (port: CablePort, frame: CableFrame, at: ClusterTime) => void

interface Placed {
  readonly port: CablePort
  readonly direction: Direction
  readonly way: ImpairedWay
  readonly stage: ImpairmentStage
}

/** The impairments in force. A cable that has none is not looked at here, and costs nothing. */
export class Impairments {
  readonly counts = { delayed: 0, duplicated: 0, reordered: 0, corrupted: 0, lost: 0, queueFull: 0 }
  readonly #clock: MonotonicClock
  readonly #ends: Readonly<Record<Direction, CableEnd>>
  readonly #timer: PreciseTimer
  readonly #placed = new Map<ImpairmentId, readonly Placed[]>()
  #lastId = 0

  constructor(clock: MonotonicClock, ends: Readonly<Record<Direction, CableEnd>>) {
    this.#clock = clock
    this.#ends = ends
    this.#timer = new PreciseTimer(clock, (at) => this.#release(at))
  }

  add(port: CablePort, direction: ImpairmentOrder['direction'], spec: ImpairmentSpec): ImpairmentId {
    const id = ++this.#lastId as ImpairmentId
    const directions: Direction[] = direction === 'both' ? ['in', 'out'] : [direction]
    this.#placed.set(
      id,
      directions.map((each) => this.#place(port, each, spec)),
    )
    return id
  }

  /** Takes an impairment back; does nothing if that was done already. */
  remove(id: ImpairmentId): void {
    for (const { port, direction, way, stage } of this.#placed.get(id) ?? []) {
      way.remove(stage, this.#clock.now())
      if (way.empty) port.ways[direction] = undefined
    }
    this.#placed.delete(id)
  }

  /** A frame begins its way through a cable that has impairments in this direction. */
  travel(way: ImpairedWay, frame: CableFrame, at: ClusterTime): void {
    way.enter(frame, at)
    this.#wakeFor(way)
  }

  /** Stops the timer; what is held stays where it is. */
  close(): void {
    this.#timer.stop()
  }

  #place(port: CablePort, direction: Direction, spec: ImpairmentSpec): Placed {
    const way = (port.ways[direction] ??= new ImpairedWay((frame, at) => this.#ends[direction](port, frame, at)))
    const slot = way.freeSlot
    const random = new RandomStream([spec.seed ?? DEFAULT_SEED, port.id, direction, slot].join(' '))
    const stage = new ImpairmentStage(slot, spec, random, this.counts)
    way.add(stage)
    return { port, direction, way, stage }
  }

  #release(at: ClusterTime): void {
    const ways = new Set([...this.#placed.values()].flat().map(({ way }) => way))
    for (const way of ways) way.release(at)
    for (const way of ways) this.#wakeFor(way)
  }

  #wakeFor({ dueAt }: ImpairedWay): void {
    if (dueAt !== undefined) this.#timer.wakeAt(dueAt)
  }
}
