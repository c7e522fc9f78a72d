import type { ClusterTime } from '../clock.ts'
import type { CableFrame } from './due-queue.ts'
import type { ImpairmentStage } from './impairment-stage.ts'

/** The impairments of one cable in one direction, one behind the other. */
export class ImpairedWay {
  readonly #deliver: (frame: CableFrame, at: ClusterTime) => void
  #stages: readonly ImpairmentStage[] = []

  /** @param deliver - what is done with a frame that has come through */
  constructor(deliver: (frame: CableFrame, at: ClusterTime) => void) {
    this.#deliver = deliver
  }

  get empty(): boolean {
    return this.#stages.length === 0
  }

  /** The least number that no stage has: an impairment that is made anew gets the one that it had. */
  get freeSlot(): number {
    const taken = new Set(this.#stages.map(({ slot }) => slot))
    let slot = 0
    while (taken.has(slot)) slot++
    return slot
  }

  /** When the first of the frames that are held is due. */
  get dueAt(): ClusterTime | undefined {
    const due = this.#stages.flatMap((stage) => stage.dueAt ?? [])
    return due.length === 0 ? undefined : (Math.min(...due) as ClusterTime)
  }

  add(stage: ImpairmentStage): void {
    this.#stages = [...this.#stages, stage]
  }

  /** Takes a stage away; what it holds goes on at once. */
  remove(stage: ImpairmentStage, at: ClusterTime): void {
    const index = this.#stages.indexOf(stage)
    this.#stages = this.#stages.filter((other) => other !== stage)
    for (const frame of stage.takeAll()) this.#pass(frame, at, index)
  }

  enter(frame: CableFrame, at: ClusterTime): void {
    this.#pass(frame, at, 0)
  }

  /** Lets what is due go on. From the last stage: who is further on the way stays ahead. */
  release(at: ClusterTime): void {
    for (let index = this.#stages.length - 1; index >= 0; index--) {
      for (const frame of this.#stages[index]!.takeDue(at)) this.#pass(frame, at, index + 1)
    }
  }

  /** Drops what is held; answers how many frames that were. */
  drop(): number {
    return this.#stages.reduce((sum, stage) => sum + stage.takeAll().length, 0)
  }

  /** @param from - the first stage to pass */
  #pass(frame: CableFrame, at: ClusterTime, from: number): void {
    const stage = this.#stages[from]
    if (stage === undefined) return this.#deliver(frame, at)
    for (const passed of stage.accept(frame, at)) this.#pass(passed, at, from + 1)
  }
}
