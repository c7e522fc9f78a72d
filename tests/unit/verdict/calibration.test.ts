import t from 'tap'
import { calibrationOf, type Reading } from '../../../src/verdict/calibration/calibration.ts'
import { handshakeBlackout } from '../../../src/verdict/calibration/index.ts'
import { ms, say, scene } from '../fabric/support/scene.ts'

const reading = (valueMs: number, judgement: Reading['judgement'], by = 'wire'): Reading => ({
  ...{ by, programmedMs: 500, valueMs, toleranceMs: 2, judgement },
})

void t.test('a calibration passes when every reading lies in its window, and shows the worst', async (t) => {
  const { verdict, reason, figures } = calibrationOf([reading(500.4, 'inside'), reading(498.5, 'inside')], 0, 1)
  t.equal(verdict, 'pass')
  t.equal(reason, undefined)
  t.match(figures, [{ name: 'blackout of 500 ms at the wire', value: 498.5, within: true }])
  t.match(figures[0]?.note, 'the worst of 2, whose median is 499.45 ms')
})

void t.test('one reading that is off fails the calibration, also among those that are not decided', async (t) => {
  const { verdict, reason, figures } = calibrationOf(
    [reading(505, 'outside'), reading(530, 'undecided', 'client')],
    0,
    1,
  )
  t.equal(verdict, 'fail')
  t.equal(reason, '500 ms programmed, 505.00 ms at the wire: off by more than the host was late')
  t.ok(figures.every(({ within }) => !within))
})

void t.test('what lateness explains is neither a pass nor a failure; nor is nothing', async (t) => {
  const { verdict, figures } = calibrationOf([reading(505, 'undecided'), reading(500, 'inside', 'server')], 3, 1)
  t.equal(verdict, 'inconclusive')
  t.match(figures[0], { within: false, note: 'not decided: the host was late by more than the miss' })
  t.equal(calibrationOf([], 0, 1).verdict, 'inconclusive')
})

void t.test(
  'the blackout is from the first SYN that was lost to the first that was answered after the last',
  async (t) => {
    const { wire } = scene()
    const client = { cable: 'client:eth0', srcMac: 'c', dstMac: 's' } as const
    const server = { cable: 'server:eth0', srcMac: 's', dstMac: 'c' } as const
    const lost = [12, 13, 15]
    for (let at = 10; at < 20; at++) {
      wire.append([say(at, client, `10.0.0.1:${4000 + at} > 10.0.0.9:80`, 'S')])
      if (!lost.includes(at)) wire.append([say(at + 0.2, server, `10.0.0.9:80 > 10.0.0.1:${4000 + at}`, 'SA')])
    }
    const service = { address: '10.0.0.9', port: 80 }
    const load = { wire, clientIp: '10.0.0.1', service, intervalMs: 1 }
    t.same(handshakeBlackout({ ...load, since: ms(0), until: ms(30) }), { fromMs: 12, toMs: 16 })
    t.same(handshakeBlackout({ ...load, since: ms(0), until: ms(15) }), { fromMs: 12, toMs: undefined })
    t.same(handshakeBlackout({ ...load, since: ms(16), until: ms(30) }), { fromMs: undefined, toMs: undefined })
  },
)
