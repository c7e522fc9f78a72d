import type { ImpairmentCounts } from './impairment.ts'

/** Frames that the fabric did not deliver, by reason. */
export interface DropCounts {
  /** The receiver read too slowly and its buffer was full: the tail drop of a real switch. One per receiver. */
  readonly full: number
  /** Sent by a machine whose cable was unplugged, or held on an impaired cable when it was pulled. */
  readonly unplugged: number
  /** Stopped by a `BlockRule`. A rule with `toCable` counts one per receiver. */
  readonly blocked: number
  /** Too short for an Ethernet header, or a length that the stream protocol cannot have. */
  readonly malformed: number
  /** Lost by an impairment; `out` one per receiver. */
  readonly lost: number
  /** Found the queue of an impairment's rate full, or more held than an impairment may. */
  readonly queueFull: number
}

export interface FabricStats {
  /** Frames that entered a network by a plugged cable and were not blocked there. */
  readonly frames: number
  readonly bytes: number
  /** The sum of {@link FabricStats.drops}. */
  readonly dropped: number
  readonly drops: DropCounts
  readonly impaired: ImpairmentCounts
  /** Frames that were forwarded but not captured, because the disk could not keep up. */
  readonly uncaptured: number
  /** How late the fabric's thread was scheduled, sampled every few ms. */
  readonly latenessMaxMs: number
  readonly latenessP99Ms: number
}

/** How late the fabric's thread was scheduled: the error bar of every `WireFrame.at`. */
export interface Lateness {
  readonly maxMs: number
  readonly p99Ms: number
}

/** What passed one cable's end at the fabric, in frames since the start. */
export interface PortCounts {
  /** Came from the machine and were forwarded: the sum over all cables is {@link FabricStats.frames}. */
  readonly sent: number
  /** Were queued for the machine, which was connected and had its cable plugged. */
  readonly delivered: number
}
