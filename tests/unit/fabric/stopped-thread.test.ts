import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { WireEvent } from '../../../src/fabric/index.ts'
import { runDelayMs } from '../../../src/host/run-delay.ts'
import { verdictOf } from '../../../src/run/claim-verdict.ts'
import { judge, type Judgement } from '../../../src/verdict/index.ts'
import { stopFabricThread, type Stop } from '../../harness/support/stop-thread.ts'
import { cableOf, Lab } from './support/lab.ts'
import type { Failover } from './support/routers.ts'

const WINDOW = { minMs: 300, maxMs: 1500 }
const ROUTERS = fileURLToPath(new URL('./support/routers.ts', import.meta.url))
const VRID = 51

interface Scene extends Failover {
  /** How long the fabric's thread stands still: from just before the master's last advert, or just after it. */
  readonly stop?: { readonly ms: number; readonly from: 'before' | 'after' }
}

interface Outcome {
  readonly gapMs: number
  readonly fabricLateMs: number
  readonly judgement: Judgement
  readonly verdict: string
  readonly stopped: Stop | undefined
}

/** A failover by machines that the fabric cannot hold up, measured and judged as a claim does. */
async function failover({ stop, ...plan }: Scene): Promise<Outcome> {
  await using lab = await Lab.start()
  const { fabric } = lab
  const paths = (['a', 'b'] as const).map((name) => fabric.socketPath(cableOf(name)))
  const routers = spawn(process.execPath, ['--import', 'tsx', ROUTERS, ...paths], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const since = fabric.clock.now()
    await once(routers.stdout, 'data')
    await fabric.wire.waitFor(isAdvertOf('10.0.0.1'), { since, timeoutMs: 5000 })
    const ordered = fabric.clock.now()
    const waitedMs = await runDelayMs(routers.pid!)
    const order = () => routers.stdin.write(`${JSON.stringify(plan)}\n`)
    let stopping: Promise<Stop> | undefined
    if (stop?.from === 'before') stopping = stopFabricThread(stop.ms)
    order()
    if (stop?.from === 'after') {
      await new Promise((resolve) => setTimeout(resolve, plan.afterMs + 50))
      stopping = stopFabricThread(stop.ms)
    }
    await fabric.wire.waitFor(isAdvertOf('10.0.0.2'), { since, timeoutMs: 20_000 })
    const { lastAdvert, firstAdvert, gapMs = NaN } = fabric.wire.takeover({ vrid: VRID, since: ordered })
    const { maxMs } = await fabric.lateness(lastAdvert!.at, firstAdvert!.at)
    const machineLateMs = (await runDelayMs(routers.pid!)) - waitedMs
    const judgement = judge({ valueMs: gapMs, uncertaintyMs: 0, fabricLateMs: maxMs, machineLateMs }, WINDOW)
    const window = { min: WINDOW.minMs, max: WINDOW.maxMs, formula: '', source: '' }
    const figure = { name: 'takeover', value: gapMs, unit: 'ms', window, within: judgement === 'inside' }
    const undecided = new Map(judgement === 'undecided' ? [['takeover', 'late']] : [])
    const { verdict } = verdictOf({ assertions: [], figures: [figure], undecided }, undefined)
    return { gapMs, fabricLateMs: maxMs, judgement, verdict, stopped: await stopping }
  } finally {
    routers.kill('SIGKILL')
  }
}

const isAdvertOf = (srcIp: string) => (event: WireEvent) => event.type === 'vrrp' && event.srcIp === srcIp

const told = ({ gapMs, fabricLateMs }: Outcome) => `gap ${gapMs.toFixed(0)} ms, late ${fabricLateMs.toFixed(0)} ms`

void t.test('a failover in its window, with nothing in the way, passes', async (t) => {
  const outcome = await failover({ afterMs: 50, gapMs: 900 })
  t.match(outcome, { judgement: 'inside', verdict: 'pass' }, told(outcome))
})

void t.test('a thread that stood still for two seconds in a failover says so, and decides nothing', async (t) => {
  const outcome = await failover({ afterMs: 50, gapMs: 900, stop: { ms: 2000, from: 'after' } })
  t.ok(outcome.stopped!.toMs - outcome.stopped!.fromMs >= 1990, 'it did stand still')
  t.ok(outcome.fabricLateMs >= 1900, told(outcome))
  t.ok(outcome.gapMs > WINDOW.maxMs, told(outcome))
  t.match(outcome, { judgement: 'undecided', verdict: 'inconclusive' }, told(outcome))
})

void t.test('a failover that misses its window by more than the thread stood still has failed', async (t) => {
  const outcome = await failover({ afterMs: 50, gapMs: 4500, stop: { ms: 1000, from: 'after' } })
  t.ok(outcome.fabricLateMs >= 950, told(outcome))
  t.match(outcome, { judgement: 'outside', verdict: 'fail' }, told(outcome))
})

void t.test('a takeover that looks early, because the last advert was stamped late, decides nothing', async (t) => {
  // The thread stops some time after it is told to: the last advert must come after that, and well before its end.
  const outcome = await failover({ afterMs: 500, gapMs: 900, stop: { ms: 1300, from: 'before' } })
  t.ok(outcome.gapMs < WINDOW.minMs, told(outcome))
  t.match(outcome, { judgement: 'undecided', verdict: 'inconclusive' }, told(outcome))
})

void t.test('a takeover that is early, with nothing in the way, has failed', async (t) => {
  const outcome = await failover({ afterMs: 50, gapMs: 60 })
  t.match(outcome, { judgement: 'outside', verdict: 'fail' }, told(outcome))
})
