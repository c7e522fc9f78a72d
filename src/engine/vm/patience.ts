/** How many times as long again a machine may take that the host does not let run. */
const LONGER = 3

/**
 * A time limit for what a machine does, on the host's clock. What the machine stood ready to run meanwhile, while the host
 * ran something else, does not count, up to three times the limit: a machine that hangs is found out on a busy host, too.
 */
export class Patience {
  readonly #timeoutMs: number
  readonly #delayMs: () => Promise<number>
  readonly #before: Promise<number>
  readonly #started: number

  /**
   * @param timeoutMs - ms, some of which may be over
   * @param delayMs - how long the machine has stood ready to run, in all, ms (`runDelayMs` of its QEMU)
   * @param elapsedMs - how much of the limit is over, ms
   */
  constructor(timeoutMs: number, delayMs: () => Promise<number>, elapsedMs = 0) {
    this.#timeoutMs = timeoutMs
    this.#delayMs = delayMs
    this.#started = performance.now() - elapsedMs
    this.#before = delayMs()
  }

  /** ms that the machine was kept waiting since. */
  async lateMs(): Promise<number> {
    // One that was started anew counts from its start.
    return Math.max(0, (await this.#delayMs()) - (await this.#before))
  }

  /** ms that are left; 0 or less when the limit is over. Nothing is asked of the host before the plain limit is. */
  async leftMs(): Promise<number> {
    const plainMs = this.#timeoutMs - (performance.now() - this.#started)
    if (plainMs > 0) return plainMs
    return plainMs + Math.min(await this.lateMs(), LONGER * this.#timeoutMs)
  }
}
