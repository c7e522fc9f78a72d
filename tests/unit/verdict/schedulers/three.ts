import type { Arrival, Scheduler, ServerState } from '../../../../src/verdict/schedulers/index.ts'

/**
 * nat-1, nat-2 and nat-3 with these weights, as ipvsadm added them in that order: the kernel's list has nat-3 first.
 * Names are '1', '2', '3', so that a sequence of picks is short to write.
 */
export function three(weights: readonly [number, number, number], counts: Partial<ServerState>[] = []): ServerState[] {
  return [1, 2, 3]
    .map((n) => ({
      name: String(n),
      address: `10.1.1.${10 + n}`,
      port: 80,
      weight: weights[n - 1]!,
      active: 0,
      inactive: 0,
      ...counts[n - 1],
    }))
    .reverse()
}

/** Active connections of nat-1, nat-2 and nat-3. */
export function active(...counts: number[]): Partial<ServerState>[] {
  return counts.map((count) => ({ active: count }))
}

/** The picks for clients 192.168.10.30 to .41, one each, or as given. */
export function picks(
  scheduler: Scheduler,
  servers: readonly ServerState[],
  arrivals: readonly Partial<Arrival>[] = Array.from({ length: 12 }, (_, n) => ({ client: `192.168.10.${30 + n}` })),
): string {
  const somebody = { client: '192.168.10.30', clientPort: 40_000, vip: '192.168.10.100', atMs: 0 }
  return arrivals.map((arrival) => scheduler(servers, { ...somebody, ...arrival }) ?? '-').join(' ')
}

/** A sequence of picks as text, '-' for a refused one. */
export function line(sequence: readonly (string | undefined)[]): string {
  return sequence.map((pick) => pick ?? '-').join(' ')
}
