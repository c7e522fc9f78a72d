import type { CableId } from './types.ts'

declare const impairmentId: unique symbol

/** Which way of a cable: `in` from the machine into the network, `out` from the network to the machine. */
export type Direction = 'in' | 'out'

/** Time that a frame spends on its way. */
export interface DelaySpec {
  readonly ms: number
  /** Half of the range around `ms` when uniform, the standard deviation when normal; at most `ms`. Default 0. */
  readonly jitterMs?: number
  /** Default `uniform`, which is netem's too (its man page says normal, its code has no table then). */
  readonly distribution?: 'uniform' | 'normal'
}

/** Frames that are not delayed, and so overtake those before them. Needs a delay. */
export interface ReorderSpec {
  /** Default 1: every `gap`th frame. */
  readonly probability?: number
  /** At least `gap` - 1 frames are delayed between two that are not. Default 1. */
  readonly gap?: number
}

export interface RateSpec {
  /** Of Ethernet frames without preamble and FCS, as netem counts. */
  readonly bitsPerSecond: number
  /** What may wait for its turn; more is dropped. Default: 1000 full frames, netem's default `limit`. */
  readonly queueBytes?: number
}

/**
 * What happens to the frames of a cable one way. Probabilities are from 0 to 1, and each frame's fate is independent of
 * the others'. What is given applies in the order of Linux's netem (tc-netem(8), net/sched/sch_netem.c): duplicate,
 * loss, corrupt; then either the frame overtakes (reorder), or it waits for its turn (rate) and then travels (delay).
 *
 * Several impairments of one cable and direction are one behind the other, the oldest first, as netem with a netem below
 * it: their delays add up, and a frame must survive each.
 *
 * **Where the frame is seen.** Captures and the wire's events have a frame as it is when, and if, it enters the network.
 * Impairments `in` come before that: a lost frame was never on the wire, a delayed one is stamped when it has arrived, a
 * duplicate is there twice, and rules ({@link BlockRule}) and the switch's learning see what arrived. Impairments `out`
 * come after it: the frame is there once, whole, at its time, whatever the receiver then gets.
 *
 * Without jitter and reordering, frames stay in order. A pulled plug drops what is on the cable; taking an impairment
 * back lets what it holds go on at once, in order. Reproducible: the fates of the first, second, … frame depend on
 * nothing but the spec with its seed, the cable, the direction and how many impairments there were already.
 *
 * Unlike netem: no correlations, no Markov loss, no slots; each of two duplicates can be lost (netem keeps one); jitter
 * is added after the rate limit, so that both together can reorder (netem keeps the order); `limit` is in bytes, of the
 * rate's queue only; healing loses nothing (netem drops its queue); a normal distribution ends at 6.7 sigma (netem's
 * table at 4).
 */
export interface ImpairmentSpec {
  readonly loss?: number
  readonly delay?: DelaySpec
  readonly duplicate?: number
  readonly reorder?: ReorderSpec
  readonly rate?: RateSpec
  /** One bit, anywhere in the frame, is flipped. No checksum is repaired, and there is no FCS to give it away. */
  readonly corrupt?: number
  /** A whole number from 0 to 2^32 - 1. Default 1. */
  readonly seed?: number
}

export type ImpairmentId = number & { readonly [impairmentId]: true }

/** What impairments did, in frames since the start; what they dropped is in `DropCounts`. */
export interface ImpairmentCounts {
  /** Were held for a time, by a delay or a rate. */
  readonly delayed: number
  readonly duplicated: number
  /** Were let past those that were held. */
  readonly reordered: number
  readonly corrupted: number
}

/** An impairment as the thread is told of it; `both` directions have streams of random numbers of their own. */
export interface ImpairmentOrder {
  readonly cable: CableId
  readonly direction: Direction | 'both'
  readonly spec: ImpairmentSpec
}
