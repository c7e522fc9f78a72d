import t from 'tap'
import { madeOf } from '../../../src/report/made-of.ts'
import { renderTerminal } from '../../../src/report/terminal.ts'
import { claimSection } from '../../../src/report/html/claim.ts'
import type { ClaimRecord, RunRecord } from '../../../src/run/record.ts'
import { sampleRun } from './sample-run.ts'

const run = { kernel: '6.1.0-56-cloud-amd64', keepalived: '1:2.2.7-1+b2' }

const made = (versions: ClaimRecord['versions']): string | undefined =>
  madeOf({ ...(versions && { versions }) } as ClaimRecord, run)

void t.test('what a claim was made of is said where it is not what the run says of all', async (t) => {
  t.equal(made(undefined), undefined, 'an older record says nothing')
  const client = { kernel: run.kernel }
  t.equal(made({ client, lb1: run, lb2: run }), undefined)
  t.equal(
    made({ client, lb1: run, lb2: { ...run, keepalived: '1:2.3.3-1' }, web1: client }),
    'lb1 Linux 6.1.0-56-cloud-amd64, keepalived 1:2.2.7-1+b2; lb2 Linux 6.1.0-56-cloud-amd64, keepalived 1:2.3.3-1; ' +
      'others Linux 6.1.0-56-cloud-amd64',
  )
  t.equal(
    made({ client: { kernel: '5.10.0-46-cloud-amd64' }, web1: { kernel: '5.10.0-46-cloud-amd64' } }),
    'all Linux 5.10.0-46-cloud-amd64',
  )
})

void t.test('reports show it', async (t) => {
  const sample: RunRecord = sampleRun
  const [claim] = sample.claims
  const versions = { lb1: run, lb2: { ...run, keepalived: '1:2.3.3-1' } }
  const mixed = { ...sample, claims: [{ ...claim!, versions }] }
  t.match(renderTerminal(mixed, { color: false, width: 120 }), 'keepalived 1:2.3.3-1')
  t.match(claimSection(mixed.claims[0]!, 'a', mixed).text, 'keepalived 1:2.3.3-1')
})
