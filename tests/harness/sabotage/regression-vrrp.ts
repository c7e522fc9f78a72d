import type { SabotageTable } from './table.ts'
import { afterBoot } from './ways.ts'

const TWO_MASTERS = /backup does not advertise while master does/

/**
 * Its regressions were in no release that a suite at hand has, so no version can turn these claims red. Those of
 * regression-checker each have one: topologies/REGRESSIONS.md.
 */
export const regressionVrrp: SabotageTable = {
  topology: 'regression-vrrp',
  sabotages: [
    {
      name: 'deaf-backup',
      description: 'the backup hears no advert, as if it discarded all',
      sabotage: afterBoot((cluster) => cluster.node('backup').succeed('iptables -A INPUT -p vrrp -j DROP')),
      red: { 'reg-keepalived-2418': TWO_MASTERS, 'reg-keepalived-2559': TWO_MASTERS },
      why: 'both are about adverts that are heard again after a reload',
      telling: 'reg-keepalived-2418',
      long: true,
    },
  ],
}
