import t from 'tap'
import { refinedFrequency, timeParameters } from '../../../src/engine/vm/time-stamp-counter.ts'

/** Both as a kernel 6.1 said it; the second on a host whose processors were all taken. */
const AGREED = `[    0.000000] tsc: Fast TSC calibration using PIT
[    0.000000] tsc: Detected 2300.001 MHz processor
[    1.161312] clocksource: Switched to clocksource tsc-early
[    2.439863] tsc: Refined TSC clocksource calibration: 2299.976 MHz
`
const AMISS = `[    0.000000] tsc: Fast TSC calibration failed
[    0.044000] tsc: PIT calibration deviates from HPET: 34705 2297678
[    0.044000] tsc: Using PIT calibration value
[    0.044000] tsc: Detected 34.705 MHz processor
[   16.005659] clocksource: tsc: mask: 0xffffffffffffffff max_cycles: 0x8010881a5, max_idle_ns: 440795203768 ns
`

void t.test('a kernel is believed when it has measured twice', (t) => {
  t.equal(refinedFrequency(AGREED), 2_299_976)
  t.equal(refinedFrequency(AMISS), undefined)
  t.equal(refinedFrequency(''), undefined)
  t.end()
})

void t.test('machines under emulation are told the frequency, or not to go by the counter', (t) => {
  t.equal(timeParameters({ kind: 'tcg' }, 2_299_976), 'tsc=reliable tsc_early_khz=2299976')
  t.equal(timeParameters({ kind: 'tcg' }, undefined), 'tsc=unstable')
  t.equal(timeParameters({ kind: 'kvm' }, undefined), 'tsc=reliable')
  t.end()
})
