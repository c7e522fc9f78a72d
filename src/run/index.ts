export { benchBoot, type BenchBootOptions } from './bench-boot.ts'
export type * from './record.ts'
export { runClaims, type RunClaimsOptions } from './run-claims.ts'
export { listClaims, type ClaimListing } from './selection.ts'
