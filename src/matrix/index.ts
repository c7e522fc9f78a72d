export { planNight, runNightly, type NightlyOptions } from './run-nightly.ts'
export { NIGHT_SCHEMA, readNight, type CellRecord, type NightRecord } from './night.ts'
