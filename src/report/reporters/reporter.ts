import type { ClaimRecord, RunRecord } from '../../run/record.ts'

/** What is known before the first claim runs. */
export interface RunStart {
  readonly startedAt: string
  readonly command: readonly string[]
  /** Topologies in the run's order, with how many claim records each will have (claims times repetitions). */
  readonly topologies: readonly { readonly name: string; readonly claims: number }[]
}

export interface ClaimStart {
  readonly id: string
  readonly topology: string
  readonly title: string
  /** From 1; more than 1 where an attempt was inconclusive. */
  readonly attempt: number
}

/**
 * What every report is made by. It hears of a run's events in their order, while the run goes on or out of a run record
 * (`replay`). Claims of several topologies may run side by side, so their events mix; `runEnded` comes last and once, also
 * when the run was interrupted, and then not every claim that started has ended.
 */
export interface Reporter {
  runStarted?(run: RunStart): void
  claimStarted?(claim: ClaimStart): void
  /**
   * What a running claim does, or (without an id) what is done for all: for views of a run that goes on. `waitMs`: it
   * waits for something, and no longer than so long from now.
   */
  progress?(line: string, id?: string, waitMs?: number): void
  claimEnded?(claim: ClaimRecord): void
  /** Writes what the reporter has to write. A rejection is told when all reporters had their turn. */
  runEnded?(run: RunRecord): void | Promise<void>
}

/** Where a reporter writes. */
export interface Output {
  write(text: string): void
  /** Nothing more comes. A file appears now, whole. */
  close(): Promise<void>
}
