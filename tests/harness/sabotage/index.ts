import { UsageError } from '../../../src/errors.ts'
import type { Sabotage } from '../../../src/run/claim-context.ts'
import { drDirector } from './dr-director.ts'
import { drNfs } from './dr-nfs.ts'
import { drVrrp } from './dr-vrrp.ts'
import { forwardingAndSchedulers } from './forwarding-and-schedulers/index.ts'
import { LOSSES } from './losses.ts'
import { natDirector } from './nat-director.ts'
import { natHeartbeat } from './nat-heartbeat.ts'
import { regressionVrrp } from './regression-vrrp.ts'
import { STALLS } from './stalls.ts'
import type { SabotageTable } from './table.ts'
import { afterBoot } from './ways.ts'

export type { NamedSabotage, SabotageTable } from './table.ts'

/** Every way to break a cluster, by topology. */
export const SABOTAGE_TABLES: readonly SabotageTable[] = [
  drVrrp,
  natDirector,
  drDirector,
  forwardingAndSchedulers,
  drNfs,
  natHeartbeat,
  regressionVrrp,
]

/**
 * adjtimex(2) with ADJ_TICK: every tick counts for 11 ms instead of 10, the most that a kernel takes. 159 is its number
 * on x86-64.
 */
const FAST_CLOCK = `perl -e '$timex = pack("L x4 q4 l x4 q5", 0x4000, (0) x 10) . pack("q x120", 11000); syscall(159, $timex) >= 0 or die $!'`

/** Breaks the machines below the cluster: no claim's business, so not in the table. */
const CRASHES: Readonly<Record<string, Sabotage>> = {
  panic: afterBoot((cluster) =>
    cluster.withRole('real-server')[0]!.machine.start('sleep 2; echo c >/proc/sysrq-trigger'),
  ),
  'fast-clock': afterBoot((cluster) => cluster.withRole('director')[0]!.succeed(FAST_CLOCK)),
}

/** @throws UsageError `LVSLAB_E_SABOTAGE_UNKNOWN` */
export function sabotageOf(name: string): Sabotage {
  const all = SABOTAGE_TABLES.flatMap(({ sabotages }) => sabotages)
  const found = all.find((one) => one.name === name)?.sabotage ?? CRASHES[name] ?? STALLS[name] ?? LOSSES[name]
  if (found) return found
  throw new UsageError('LVSLAB_E_SABOTAGE_UNKNOWN', `no sabotage "${name}"`, {
    seen: `known: ${all.map((one) => one.name).join(', ')}`,
  })
}
