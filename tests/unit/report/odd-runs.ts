import type { ClaimRecord, RunRecord } from '../../../src/run/record.ts'
import { hostileRun, natTopology, sampleRun } from './sample-run.ts'

const [first] = sampleRun.claims as readonly [ClaimRecord, ...ClaimRecord[]]

/** What an infrastructure fault leaves, with whatever a guest may have written: control codes, half characters. */
const lost: ClaimRecord = {
  ...first,
  id: '000-1',
  topology: 'nat-heartbeat',
  title: 'it boots # SKIP not really \\ ]]> `code`',
  verdict: 'fail',
  errorKind: 'infrastructure',
  code: 'LVSLAB_E_CLAIM_PROCESS',
  reason:
    'ended:\n\u001b[31mpanic\u001b[0m\u0000\u0007 \ud800 \uffff <&>\n...\n---\n::error::no\nBail out!\n```\n100 %, really: yes',
  figures: [],
  evidence: [{ kind: 'console', label: 'a.console.log', path: 'claims/000-1/cluster/a.console.log' }],
  source: { file: 'tests/documents/nat-heartbeat.test.ts', line: 41 },
}

/** Two topologies, all four verdicts, an infrastructure error, a claim proven three times, and hostile text. */
export const oddRun: RunRecord = {
  ...sampleRun,
  topologies: [...sampleRun.topologies, natTopology],
  claims: [...sampleRun.claims, lost, first, { ...first, verdict: 'fail', reason: 'broken', source: lost.source! }],
}

export const interruptedRun: RunRecord = { ...sampleRun, interrupted: true, claims: sampleRun.claims.slice(0, 3) }
export const emptyRun: RunRecord = { ...sampleRun, claims: [], topologies: [], phases: {}, verdict: 'skip' }

export const runs: Readonly<Record<string, RunRecord>> = {
  sample: sampleRun,
  odd: oddRun,
  interrupted: interruptedRun,
  empty: emptyRun,
  hostile: hostileRun(),
}
