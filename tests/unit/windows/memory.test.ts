import t from 'tap'
import { connectionExpiry, ipvsTimeoutS, templateExpiry } from '../../../src/verdict/windows/index.ts'
import { timerGranularityMs } from '../../../src/verdict/windows/kernel-timer.ts'

void t.test('how coarse the kernel’s timers are, as the table in kernel/time/timer.c has it for 250 Hz', async (t) => {
  const at = [100, 252, 1000, 2016, 6000, 16_128, 60_000, 120_000, 360_000, 900_000, 1_100_000]
  t.same(
    at.map((ms) => timerGranularityMs(ms)),
    [4, 32, 32, 256, 256, 2048, 2048, 2048, 16_384, 16_384, 131_072],
  )
  t.equal(timerGranularityMs(6000, 1000), 512, 'another HZ, other levels')
})

void t.test('a connection is forgotten by the time-out of its state', async (t) => {
  // 120 s; 2048 ms granularity and two steps.
  t.match(connectionExpiry('FIN_WAIT'), { minMs: 119_995, maxMs: 120_000 + 2048 + 100 })
  t.match(connectionExpiry('FIN_WAIT', { tcpFinS: 2 }), { minMs: 1995, maxMs: 2000 + 32 + 100 })
  t.match(connectionExpiry('UDP'), { minMs: 299_995, source: /udp_timeouts/ })
  t.match(connectionExpiry('CLOSE'), { minMs: 9995, maxMs: 10_000 + 256 + 100 })
})

void t.test('ipvsadm --set has three of them, and 0 leaves one as it is', async (t) => {
  const set = { tcpS: 7, tcpFinS: 8, udpS: 9 }
  const states = ['ESTABLISHED', 'FIN_WAIT', 'UDP', 'TIME_WAIT', 'CLOSE_WAIT', 'SYN_RECV'] as const
  t.same(
    states.map((state) => ipvsTimeoutS(state, set)),
    [7, 8, 9, 120, 60, 60],
  )
  t.equal(ipvsTimeoutS('ESTABLISHED', { tcpS: 0 }), 900)
})

void t.test('a template runs out persistence_timeout after the last connection', async (t) => {
  t.match(templateExpiry(6), { minMs: 5995, maxMs: 6000 + 256 + 100 })
  t.match(templateExpiry(360), { minMs: 359_995, maxMs: 360_000 + 16_384 + 100 })
})

void t.test('while a connection is remembered it is kept on for 60 s, and again', async (t) => {
  // 6 s; 66 s; 126 s is the first at which the connection (forgotten after 120 to 122 s) is gone.
  t.match(templateExpiry(6, { connectionsGoneS: { minS: 120, maxS: 122 } }), {
    minMs: 125_995,
    maxMs: 126_000 + 256 + 2 * 2048 + 200,
    formula: /persistence_timeout 6 s, kept on 2 × 60 s for its connections/,
  })
  // Gone about when it fires: kept on or not.
  t.match(templateExpiry(6, { connectionsGoneS: { minS: 5, maxS: 7 } }), { minMs: 5995, formula: /0 to 1 × 60 s/ })
  t.match(templateExpiry(6, { keptBefore: true }), { minMs: 59_995, maxMs: 60_000 + 2048 + 100 })
})
