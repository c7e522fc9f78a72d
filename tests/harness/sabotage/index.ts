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

/** Breaks the machines below the cluster: no claim's business, so not in the table. */
const CRASHES: Readonly<Record<string, Sabotage>> = {
  panic: afterBoot((cluster) =>
    cluster.withRole('real-server')[0]!.machine.start('sleep 2; echo c >/proc/sysrq-trigger'),
  ),
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
