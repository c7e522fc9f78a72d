import { pickFo, pickOvf } from './failover.ts'
import { destinationHash, type HashFlags, sourceHash } from './hash-table.ts'
import { pickLc, pickNq, pickSed, pickWlc } from './least-connection.ts'
import { localityBased, localityBasedWithReplication } from './locality.ts'
import { maglev } from './maglev.ts'
import { roundRobin, weightedRoundRobin } from './round-robin.ts'
import type { Scheduler } from './server-state.ts'

/**
 * The schedulers that Linux 6.1 of Debian 12 brings, by the name that ipvsadm(8) has for them. twos, which chooses at
 * random, is not built there (CONFIG_IP_VS_TWOS is not set).
 */
export const SCHEDULER_NAMES = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'mh',
] as const

export type SchedulerName = (typeof SCHEDULER_NAMES)[number]

/** The model of a scheduler, fresh as in a virtual service that has scheduled nothing yet. `flags` are those of sh, mh. */
export function newScheduler(name: SchedulerName, flags: HashFlags = {}): Scheduler {
  switch (name) {
    case 'rr':
      return roundRobin()
    case 'wrr':
      return weightedRoundRobin()
    case 'lc':
      return pickLc
    case 'wlc':
      return pickWlc
    case 'lblc':
      return localityBased()
    case 'lblcr':
      return localityBasedWithReplication()
    case 'dh':
      return destinationHash
    case 'sh':
      return sourceHash(flags)
    case 'sed':
      return pickSed
    case 'nq':
      return pickNq
    case 'fo':
      return pickFo
    case 'ovf':
      return pickOvf
    case 'mh':
      return maglev(flags)
  }
}
