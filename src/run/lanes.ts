/** Memory that a cluster's machines take, with room for what else the host does. */
const BYTES_PER_CLUSTER = 4 * 1024 ** 3

/** More than this many clusters gain nothing: their clients and servers share the host's memory bandwidth. */
const MOST = 4

/** How many clusters a host stands side by side where times are not judged. */
export function lanesOf(cores: number, freeBytes: number): number {
  return Math.max(1, Math.min(cores, MOST, Math.floor(freeBytes / BYTES_PER_CLUSTER)))
}

/** Does jobs in their order, several at a time. */
export class Lanes {
  readonly #count: number

  constructor(count: number) {
    this.#count = count
  }

  async run<T>(jobs: readonly T[], work: (job: T) => Promise<void>): Promise<void> {
    const waiting = [...jobs]
    const lane = async (): Promise<void> => {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await work(job)
    }
    await Promise.all(Array.from({ length: this.#count }, lane))
  }
}
