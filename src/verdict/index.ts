export { failoverTimeline, type TimelineDraft } from './failover-timeline.ts'
export {
  answersBypassDirectors,
  natHidesRealServers,
  oneMasterAtATime,
  onlyCandidatesAnswerArp,
  type Invariant,
} from './invariants.ts'
export { onlyCandidatesAnnounceVip } from './intruder.ts'
export { judge, type Judgement, type Measured } from './judgement.ts'
export * from './windows/index.ts'
export * from './schedulers/index.ts'
export * from './shares/index.ts'
