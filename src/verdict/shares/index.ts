export { agree, alwaysSame, type Alpha, evenSpread, exactShares } from './counts.ts'
export { strictRotation, wholePeriods } from './rotation.ts'
export { type ShareVerdict } from './share-verdict.ts'
