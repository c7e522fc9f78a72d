import type { Cluster } from '../../cluster/index.ts'
import type { Inspection, Invariant } from './invariant.ts'
import { onlyCandidatesAnnounceVip } from './announcers.ts'
import { clocksKeepTime, kernelLogsClean, sameProcesses } from './machines.ts'
import { oneMasterAtATime } from './one-master.ts'
import { probesKeepTheirRhythm } from './probe-rhythm.ts'
import { removedServersGetNothing, weight0GetsNothing } from './removed-servers.ts'
import { answersBypassDirectors, natHidesRealServers, oneArpAnswerer, onlyCandidatesAnswerArp } from './wire.ts'

/** A master and its successor may both advertise for one interval, and a little for the machine. */
const USUAL_OVERLAP_MS = 1_100

/** What every healthy cluster of this shape keeps to. */
export function healthOf({ topology }: Cluster, overlapMs = USUAL_OVERLAP_MS): (Invariant | Inspection)[] {
  const { vips, nodes, virtualServices } = topology
  const keepaliveds = nodes.filter(({ services }) => services.includes('keepalived')).length
  const forwards = (method: string): boolean => virtualServices.some(({ forwarding }) => forwarding === method)
  return [
    ...(vips.length > 0 ? [onlyCandidatesAnswerArp, onlyCandidatesAnnounceVip, oneArpAnswerer(overlapMs)] : []),
    ...(forwards('DR') ? [answersBypassDirectors] : []),
    ...(forwards('NAT') ? [natHidesRealServers] : []),
    ...(keepaliveds > 1 ? [oneMasterAtATime(overlapMs)] : []),
    ...(keepaliveds > 0 ? [probesKeepTheirRhythm, removedServersGetNothing] : []),
    ...(virtualServices.length > 0 ? [weight0GetsNothing] : []),
    sameProcesses,
    kernelLogsClean,
    clocksKeepTime,
  ]
}
