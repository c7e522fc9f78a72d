export { failoverTimeline, type TimelineDraft } from './failover-timeline.ts'
export { answersBypassDirectors, oneMasterAtATime, onlyCandidatesAnswerArp, type Invariant } from './invariants.ts'
export { judge, type Judgement, type Measured } from './judgement.ts'
export * from './windows/index.ts'
