declare const fabricClock: unique symbol

/**
 * A moment on a cluster's own clock, in milliseconds (with a fraction, resolution 1 µs or better) since the cluster's
 * fabric was started. Branded: a host time does not compile where one of these is wanted.
 */
export type ClusterTime = number & { readonly [fabricClock]: true }

/** What a test may ask of time: never the host's clock. */
export interface ClusterClock {
  /** The present moment. */
  now(): ClusterTime
  /**
   * Resolves when a moment has come. For a time that is itself what matters, such as a phase or a length to be measured:
   * what is to happen is waited for on the wire, which gives machines that were late longer.
   */
  until(moment: ClusterTime): Promise<void>
  /** Wall-clock time (Unix epoch, ms) of the clock's zero, for people and captures only. */
  readonly epochMs: number
}

/** The moment `ms` milliseconds after `time`. */
export function after(time: ClusterTime, ms: number): ClusterTime {
  return (time + ms) as ClusterTime
}
