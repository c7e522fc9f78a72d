import { WAKE_MS } from './heartbeat-scripts.ts'
import { inMs } from './window.ts'

/** heartbeat counts in ticks of times(2), a hundredth of a second (cluster-glue longclock.c): either end may lose one. */
export const TICK_MS = 10

/**
 * How late heartbeat may look at its nodes. It does so at most every 250 ms (heartbeat.c, POLL_INTERVAL), and only when
 * something has woken it, such as its timer of 500 ms. A waking just before the 250 ms are over does not count, and the
 * next is half a second later.
 */
export const DETECTION_MS = 250 + WAKE_MS + 2 * TICK_MS
export const DETECTION = `up to ${inMs(DETECTION_MS)} until it looks`

export const DEAD_SOURCE =
  'heartbeat 3.0.6 heartbeat.c check_for_timeouts, polled_input_check; include/heartbeat.h PRI_POLL'
export const TAKEOVER_SOURCE = `${DEAD_SOURCE}; hb_resource.c takeover_from_node; mach_down; ResourceManager takegroup`
