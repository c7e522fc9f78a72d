/** Ticks a second of Debian's kernels (CONFIG_HZ). */
export const DEBIAN_HZ = 250

const LEVEL_BITS = 6
const SHIFT_PER_LEVEL = 3
const LEVELS = 9

/**
 * How much later than asked for a kernel timer may fire, ms: the timer wheel of Linux 4.8 and later has levels of 64 slots,
 * each with slots eight times as long as the level below, and rounds up to the next slot (kernel/time/timer.c, LVL_GRAN,
 * calc_index).
 *
 * @param delayMs - how far ahead the timer is set
 */
export function timerGranularityMs(delayMs: number, hz = DEBIAN_HZ): number {
  const ticks = Math.ceil((delayMs * hz) / 1000)
  let level = 0
  // LVL_START(n) = (LVL_SIZE - 1) << ((n - 1) * LVL_CLK_SHIFT)
  while (level < LEVELS - 1 && ticks >= (2 ** LEVEL_BITS - 1) * 2 ** (level * SHIFT_PER_LEVEL)) level++
  return (2 ** (level * SHIFT_PER_LEVEL) * 1000) / hz
}
