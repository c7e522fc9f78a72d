import t from 'tap'
import { MonotonicClock } from '../../../src/fabric/monotonic-clock.ts'
import { Wire, type WireEvent } from '../../../src/fabric/index.ts'
import { verdictOf } from '../../../src/run/claim-verdict.ts'
import { advertEvent } from './support/scene.ts'

const isAdvert = (event: WireEvent) => event.type === 'vrrp'

/** A wire on a running clock, whose machines are as late as told. */
function lateWire(lateMs: number): { wire: Wire; clock: MonotonicClock } {
  const clock = MonotonicClock.startNow()
  const wire = new Wire(clock, async () => undefined)
  wire.lateness = () => Promise.resolve(lateMs)
  return { wire, clock }
}

const notes = (ok?: boolean) => ({
  assertions: ok === undefined ? [] : [{ text: 'something', ok }],
  figures: [],
  undecided: new Map<string, string>(),
})

void t.test('machines that were late are waited for by as much longer', async (t) => {
  const { wire, clock } = lateWire(500)
  const waiting = wire.waitFor(isAdvert, { timeoutMs: 500 })
  setTimeout(() => wire.append([advertEvent(clock.now(), '10.0.0.1')]), 550)
  t.equal((await waiting).type, 'vrrp')
})

void t.test('what came after the first deadline, before the lateness was asked for, counts too', async (t) => {
  const clock = MonotonicClock.startNow()
  const wire: Wire = new Wire(clock, async () => undefined)
  wire.lateness = () => {
    wire.append([advertEvent(clock.now(), '10.0.0.1')])
    return Promise.resolve(200)
  }
  t.equal((await wire.waitFor(isAdvert, { timeoutMs: 10 })).type, 'vrrp')
})

void t.test('a deadline that lateness moved and that was missed all the same is a failure', async (t) => {
  const { wire } = lateWire(10)
  const error: unknown = await wire.waitFor(isAdvert, { timeoutMs: 40 }).catch((caught: unknown) => caught)
  t.match(error, { code: 'LVSLAB_E_WIRE_TIMEOUT', undecided: undefined })
  t.match(verdictOf(notes(), error), { verdict: 'fail' })
})

void t.test('machines that were late by more than the deadline decide nothing', async (t) => {
  const { wire } = lateWire(500)
  const error: unknown = await wire.waitFor(isAdvert, { timeoutMs: 20 }).catch((caught: unknown) => caught)
  t.match(error, { undecided: 'the machines were late by 500 ms, more than the 20 ms waited for it' })
  t.match(verdictOf(notes(), error), { verdict: 'inconclusive', reason: /late by 500 ms/ })
  t.match(verdictOf(notes(true), error), { verdict: 'inconclusive' })
  t.match(verdictOf(notes(false), error), { verdict: 'fail' }, 'but excuse no check that has failed')
})
