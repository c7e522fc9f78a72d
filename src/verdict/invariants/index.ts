export { onlyCandidatesAnnounceVip } from './announcers.ts'
export { healthOf } from './healthy.ts'
export {
  type Inspection,
  type Invariant,
  type InvariantName,
  isInspection,
  type Look,
  type Review,
} from './invariant.ts'
export { clocksKeepTime, kernelLogsClean, sameProcesses } from './machines.ts'
export { askForAll, askForProcesses, type NodeReport, type NodeReports } from './node-report.ts'
export { oneMasterAtATime } from './one-master.ts'
export { probesKeepTheirRhythm } from './probe-rhythm.ts'
export { removedServersGetNothing, weight0GetsNothing } from './removed-servers.ts'
export * from './wire.ts'
