import type { RunRecord } from '../../run/record.ts'
import type { Reporter } from './reporter.ts'

/** Tells a reporter of a run that is over, as if it went on: reports remade from run.json are those of the run itself. */
export async function replay(run: RunRecord, reporter: Reporter): Promise<void> {
  const names = [...new Set([...run.topologies.map(({ name }) => name), ...run.claims.map(({ topology }) => topology)])]
  const claimsOf = (name: string): number => run.claims.filter(({ topology }) => topology === name).length
  reporter.runStarted?.({
    startedAt: run.startedAt,
    command: run.command,
    topologies: names.map((name) => ({ name, claims: claimsOf(name) })),
  })
  for (const claim of run.claims) {
    const { id, topology, title, attempt } = claim
    reporter.claimStarted?.({ id, topology, title, attempt })
    reporter.claimEnded?.(claim)
  }
  await reporter.runEnded?.(run)
}
