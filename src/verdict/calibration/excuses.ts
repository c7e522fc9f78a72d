import type { Measured } from '../judgement.ts'
import type { BookedBlackout } from './machine-readings.ts'
import type { EdgeLateness, ProgrammedCut } from './programmed-cut.ts'

export type Excuses = Omit<Measured, 'valueMs' | 'uncertaintyMs'>

/**
 * By how much the host can have made a machine's own reading longer or shorter than what was programmed: the orders came
 * late, or the threads that take part were not let to run at its ends. A client that stood still for a reason of its own makes
 * it longer, and never shorter.
 */
export function machineExcuses({ atCut, atMend }: ProgrammedCut): Excuses {
  const startLateMs = atCut.orderMs + atCut.waitedMs
  return { fabricLateMs: 0, machineLateMs: hostAt(atCut) + hostAt(atMend), startLateMs }
}

/** The client's request interval is counted in its own SYNs: whenever it is late meanwhile, it becomes longer. */
export function clientExcuses(cut: ProgrammedCut): Excuses {
  const { machineLateMs, startLateMs = 0 } = machineExcuses(cut)
  return {
    fabricLateMs: 0,
    machineLateMs: machineLateMs + cut.clientMs,
    startLateMs: startLateMs + hostAt(cut.atMend) + cut.clientMs,
  }
}

/**
 * The wire's reading is of moments that the client has in its book, too, on a clock of its own. What the host did excuses
 * the wire only as far as that book shows that those moments were, or can have been, late; and what remains, by as much as
 * the stamps themselves can have been late.
 *
 * @param booked - the blackout of the same SYNs by the client's book
 */
export function wireExcuses(cut: ProgrammedCut, programmedMs: number, booked: BookedBlackout): Excuses {
  const { atCut, atMend } = cut
  const host = hostAt(atCut) + hostAt(atMend)
  const stampsMs = atCut.stampMs + atMend.stampMs
  const asFarAs = (bookedMissMs: number): number => Math.min(host, Math.max(0, bookedMissMs) + stampsMs)
  return {
    fabricLateMs: 0,
    machineLateMs: asFarAs(booked.longestMs - programmedMs),
    startLateMs: asFarAs(programmedMs - booked.shortestMs),
  }
}

function hostAt({ orderMs, waitedMs, rhythmMs = 0 }: EdgeLateness): number {
  return orderMs + Math.max(waitedMs, rhythmMs)
}
