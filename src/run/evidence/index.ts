export { COLLECT_DEADLINE_MS, collectEvidence } from './collect.ts'
export { evidenceOf, listFiles, type EvidenceFile } from './files.ts'
export { VERSIONS, writeVersions } from './versions.ts'
