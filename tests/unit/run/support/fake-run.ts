// A run without machines, for looking at its progress: node --import tsx tests/unit/run/support/fake-run.ts [STEP-MS]
import { setTimeout as pause } from 'node:timers/promises'
import type { ClaimRecord, Verdict } from '../../../../src/run/record.ts'
import { ProgressView } from '../../../../src/run/progress/progress-view.ts'

const stepMs = Number(process.argv[2] ?? 400)
const claims = Array.from({ length: 8 }, (_, n) => ({ id: `004-${n + 1}`, timed: n >= 4 }))
const title = (id: string): string =>
  `claim ${id}: the master’s machine loses power, and the VIP moves within 3 × advert_int + skew, and not before that`
const verdicts: Readonly<Record<string, Verdict>> = { '004-3': 'fail', '004-6': 'inconclusive' }

const record = (id: string): ClaimRecord => ({
  ...{ id, topology: 'dr-vrrp', title: title(id), negative: false, verdict: verdicts[id] ?? 'pass' },
  ...(verdicts[id] === undefined ? {} : { reason: 'first line of the reason\nsecond line of it' }),
  ...{ figures: [], assertions: [], timelines: [], findings: [], evidence: [], durationMs: 4.2 * stepMs, attempt: 1 },
})

const view = new ProgressView(process.stderr, { claims })
view.expect(new Map(claims.map(({ id }) => [id, 4 * stepMs])), 2)
process.on('exit', (code) => process.stderr.write(`ended ${code}\n`))
if (process.argv[3] === 'handler') {
  view.signalsAreMinded = true
  process.on('SIGINT', () => (view.progress('interrupted'), view.close(), process.exit(130)))
}

async function claim(id: string): Promise<void> {
  view.claimStarted({ id, topology: 'dr-vrrp', title: title(id), attempt: 1 })
  await pause(stepMs)
  view.progress('booting the cluster', id)
  await pause(stepMs)
  view.progress('waiting for an advert of vrid 18 from somebody other than keepalived', id, 15_000)
  await pause(2 * stepMs)
  view.claimEnded(record(id))
}

view.progress('evidence and reports go to /somewhere')
view.doing('a ready dr-vrrp to copy from (cluster 1 of 1)')
await pause(2 * stepMs)
view.doing(undefined)
const ids = claims.map(({ id }) => id)
await Promise.all(
  [ids.slice(0, 2), ids.slice(2, 4)].map(async (lane) => {
    for (const id of lane) await claim(id)
  }),
)
for (const id of ids.slice(4)) await claim(id)
view.close()
process.stderr.write('the summary\n')
