export * from './timeline/index.ts'
export {
  answersBypassDirectors,
  natHidesRealServers,
  oneMasterAtATime,
  onlyCandidatesAnswerArp,
  type Invariant,
} from './invariants.ts'
export { judge, type Judgement, type Measured } from './judgement.ts'
export * from './windows/index.ts'
export * from './schedulers/index.ts'
export * from './shares/index.ts'
