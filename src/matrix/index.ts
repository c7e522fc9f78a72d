export { planNight, runNightly, type NightlyOptions } from './run-nightly.ts'
export { NIGHT_SCHEMA, readNight, type CellRecord, type NightRecord } from './night.ts'
export { runBisect, tellBisect, type BisectOptions } from './run-bisect.ts'
