import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterTime } from '../../clock.ts'
import type { CableId, Fabric } from '../../fabric/index.ts'
import { type ThreadId, threadDelayMs } from '../../host/run-delay.ts'
import { AROUND_MS, CLIENT, SERVER } from './two-machines.ts'

/** How a calibration cuts a cable and mends it. */
export interface Cutter {
  cut(fabric: Fabric, cable: CableId): Promise<ClusterTime>
  mend(fabric: Fabric, cable: CableId): Promise<ClusterTime>
}

export const unplugAndPlug: Cutter = {
  cut: (fabric, cable) => fabric.unplug(cable),
  mend: (fabric, cable) => fabric.plug(cable),
}

/** What a cut is programmed on. */
export interface CutPlace {
  readonly fabric: Fabric
  readonly cable: CableId
  /** The threads of the two synthetic machines. */
  readonly threads: { readonly client: ThreadId | undefined; readonly server: ThreadId | undefined }
}

/** What the host did to one end of a cut, ms: to those threads that take part in it. */
export interface EdgeLateness {
  /** How late the order was given. */
  readonly orderMs: number
  /** How late the fabric's thread can have stamped the frame that marks the end. */
  readonly stampMs: number
  /** How long that thread and the two machines' stood ready to run around the end and were not let to. */
  readonly waitedMs: number
  /** How late the client was in its rhythm around the end, by its own book: it may have stood still for other reasons. */
  readonly rhythmMs?: number
}

export interface ProgrammedCut {
  /** The middle of what was programmed, CLOCK_MONOTONIC in ms: the machines' clock, and not the fabric's stamps. */
  readonly amidMs: number
  readonly atCut: EdgeLateness
  readonly atMend: EdgeLateness
  /** How long the client waited for a processor from before the cut to after its end: its rhythm suffers by it. */
  readonly clientMs: number
}

/** A timer may be late by more than 1 ms: so long before its moment this thread stays awake. */
const AWAKE_MS = 3
const NAP_MS = 0.05
const SEEN_TIMEOUT_MS = 10_000
const never = new Int32Array(new SharedArrayBuffer(4))

/** Cuts a cable for so long. Both orders take the same way to the fabric's thread, so that its length cancels out. */
export async function cutFor(place: CutPlace, ms: number, cutter: Cutter): Promise<ProgrammedCut> {
  const { fabric, cable, threads } = place
  const cutDueMs = performance.now() + 2 * AROUND_MS
  const mendDueMs = cutDueMs + ms
  const clientBefore = threadDelayMs(threads.client)
  const atCut = await edge(place, cutDueMs, CLIENT.ip, () => cutter.cut(fabric, cable))
  const atMend = await edge(place, mendDueMs, SERVER.ip, () => cutter.mend(fabric, cable))
  const clientMs = threadDelayMs(threads.client) - clientBefore
  return { amidMs: monotonicAt((cutDueMs + mendDueMs) / 2), atCut, atMend, clientMs }
}

/** What `process.hrtime` showed, or will show, when `performance.now()` was or will be `ms`. */
function monotonicAt(ms: number): number {
  return Number(process.hrtime.bigint()) / 1e6 - (performance.now() - ms)
}

/**
 * One end of a cut. A wait for a processor counts when it is over, so the threads are looked at again only when each must
 * have run: after a frame of `nextFrom` that was sent when the order had been carried out.
 */
async function edge(
  { fabric, threads }: CutPlace,
  dueMs: number,
  nextFrom: string,
  order: () => Promise<ClusterTime>,
): Promise<EdgeLateness> {
  const waited = (): number =>
    [fabric.threadId, threads.client, threads.server].reduce<number>((sum, id) => sum + threadDelayMs(id), 0)
  await pause(Math.max(0, dueMs - performance.now() - AROUND_MS))
  const [before, stamping] = [waited(), threadDelayMs(fabric.threadId)]
  await pause(Math.max(0, dueMs - performance.now() - AWAKE_MS))
  const since = fabric.clock.now()
  while (dueMs - performance.now() > NAP_MS) Atomics.wait(never, 0, 0, NAP_MS)
  while (performance.now() < dueMs);
  const answer = order()
  const orderMs = performance.now() - dueMs
  await answer
  const seen = { description: `a frame of ${nextFrom}`, match: isFrameOf(nextFrom) }
  await fabric.wire.waitFor(seen, { since: fabric.clock.now(), timeoutMs: SEEN_TIMEOUT_MS })
  const until = fabric.clock.now()
  await pause(AROUND_MS)
  const { maxMs } = await fabric.lateness(since, until)
  // Where its own meter says more, the host has stopped it altogether, and it waited for no processor.
  return { orderMs, stampMs: Math.max(maxMs, threadDelayMs(fabric.threadId) - stamping), waitedMs: waited() - before }
}

function isFrameOf(ip: string): (event: { readonly type: string; readonly srcIp?: string }) => boolean {
  return ({ type, srcIp }) => type === 'tcp' && srcIp === ip
}
