import type { Reporter } from './reporter.ts'

/**
 * One reporter that hands every event to all, in their order. What one of them throws keeps no other from its turn: the
 * first error is thrown when the run has ended, for the run's figures must be written whatever a reporter trips over.
 */
export function broadcast(reporters: readonly Reporter[]): Required<Reporter> {
  let failed: { readonly error: unknown } | undefined
  const broken = new Set<Reporter>()
  const fail = (reporter: Reporter, error: unknown): void => {
    failed ??= { error }
    broken.add(reporter)
  }
  const each = (tell: (reporter: Reporter) => void): void => {
    for (const reporter of reporters) {
      if (broken.has(reporter)) continue
      try {
        tell(reporter)
      } catch (error) {
        fail(reporter, error)
      }
    }
  }
  return {
    runStarted: (run) => each((reporter) => reporter.runStarted?.(run)),
    claimStarted: (claim) => each((reporter) => reporter.claimStarted?.(claim)),
    progress: (line, id, waitMs) => each((reporter) => reporter.progress?.(line, id, waitMs)),
    claimEnded: (claim) => each((reporter) => reporter.claimEnded?.(claim)),
    runEnded: async (run) => {
      for (const reporter of reporters) {
        if (broken.has(reporter)) continue
        try {
          await reporter.runEnded?.(run)
        } catch (error) {
          fail(reporter, error)
        }
      }
      if (failed) throw failed.error
    },
  }
}
