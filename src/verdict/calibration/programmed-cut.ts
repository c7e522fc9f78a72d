import { setTimeout as pause } from 'node:timers/promises'
import type { ClusterTime } from '../../clock.ts'
import type { CableId, Fabric } from '../../fabric/index.ts'
import { runDelayMs } from '../../host/run-delay.ts'
import { REQUEST_EVERY, RHYTHM_MS } from './two-machines.ts'

/** How a calibration cuts a cable and mends it. */
export interface Cutter {
  cut(fabric: Fabric, cable: CableId): Promise<ClusterTime>
  mend(fabric: Fabric, cable: CableId): Promise<ClusterTime>
}

export const unplugAndPlug: Cutter = {
  cut: (fabric, cable) => fabric.unplug(cable),
  mend: (fabric, cable) => fabric.plug(cable),
}

/** What the host did to one end of a cut, ms. */
interface EdgeLateness {
  /** How late the fabric's thread was, by its own meter. */
  readonly fabricMs: number
  /** How long threads of this process stood ready to run and were not let to: whoever took part is one of them. */
  readonly waitedMs: number
  /** How late the order was given. */
  readonly orderMs: number
}

export interface ProgrammedCut {
  readonly atCut: EdgeLateness
  readonly atMend: EdgeLateness
}

/** Before and after either end: as long as a request interval of the client, whose rhythm it must not have lost. */
const AROUND_MS = REQUEST_EVERY * RHYTHM_MS + 5
/** A timer may be late by more than 1 ms: so long before its moment this thread stays awake. */
const AWAKE_MS = 3
const NAP_MS = 0.05
const never = new Int32Array(new SharedArrayBuffer(4))

/** Cuts a cable for so long. Both orders take the same way to the fabric's thread, so that its length cancels out. */
export async function cutFor(fabric: Fabric, cable: CableId, ms: number, cutter: Cutter): Promise<ProgrammedCut> {
  const cutDueMs = performance.now() + AROUND_MS + AWAKE_MS
  const mendDueMs = cutDueMs + ms
  const atCut = await edge(fabric, cutDueMs, () => cutter.cut(fabric, cable))
  const atMend = await edge(fabric, mendDueMs, () => cutter.mend(fabric, cable))
  return { atCut, atMend }
}

async function edge(fabric: Fabric, dueMs: number, order: () => Promise<ClusterTime>): Promise<EdgeLateness> {
  await pause(Math.max(0, dueMs - performance.now() - AROUND_MS))
  const since = fabric.clock.now()
  const before = await runDelayMs('self')
  await pause(Math.max(0, dueMs - performance.now() - AWAKE_MS))
  while (dueMs - performance.now() > NAP_MS) Atomics.wait(never, 0, 0, NAP_MS)
  while (performance.now() < dueMs);
  const answer = order()
  const orderMs = performance.now() - dueMs
  await answer
  await pause(AROUND_MS)
  const [{ maxMs: fabricMs }, after] = await Promise.all([fabric.lateness(since), runDelayMs('self')])
  return { fabricMs, waitedMs: after - before, orderMs }
}
