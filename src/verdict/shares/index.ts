export { agree, alwaysSame, type Alpha, evenSpread, exactShares } from './counts.ts'
export { strictRotation, wholePeriods } from './rotation.ts'
export { exactly, type ShareTest, type ShareVerdict } from './share-verdict.ts'
