import t from 'tap'
import { calibrationSummary } from '../../../src/report/calibration.ts'
import { renderHtml, renderTerminal, runSchema } from '../../../src/report/index.ts'
import type { CalibrationRecord, RunRecord } from '../../../src/run/record.ts'
import { sampleRun } from './sample-run.ts'

const figure = (name: string, value: number, within: boolean) => {
  const window = { min: 498, max: 502, formula: '500 ms as programmed ± 2 ms', source: 'handshakes' }
  return { name: `blackout of 500 ms ${name}`, value, unit: 'ms', window, within }
}
const passed: CalibrationRecord = {
  verdict: 'pass',
  figures: [figure('at the wire', 499.64, true), figure('by the server', 501.1, true)],
  repeated: 0,
  durationMs: 1800,
}
const failed: CalibrationRecord = {
  ...passed,
  verdict: 'fail',
  reason: '500 ms programmed, 505.10 ms at the wire: off by more than the host was late',
  figures: [figure('at the wire', 505.1, false)],
}
const withCalibration = (calibration: CalibrationRecord): RunRecord => ({ ...sampleRun, calibration })

void t.test('a calibration is told in one line, with what was read', async (t) => {
  const line = "✓ the wire's times are calibrated: 500 ms of blackout read as 499.64 ms (±2 ms allowed)"
  t.equal(calibrationSummary(passed), line)
  const text = renderTerminal(withCalibration(passed), { color: false, width: 200 })
  t.ok(text.includes(`   ${line}\n`), text)
  t.notOk(renderTerminal(sampleRun, { color: false, width: 200 }).includes('calibrated'))
})

void t.test('a calibration that failed says that no time can be believed', async (t) => {
  const text = renderTerminal(withCalibration(failed), { color: false, width: 300 })
  t.match(text, /✗ the wire's times are off, and nothing that was timed can be believed: 500 ms programmed, 505\.10/)
  const page = renderHtml(withCalibration(failed))
  t.match(page, /nothing that was timed can be believed/)
  t.match(page, /<details open>/, 'its figures are in sight')
})

void t.test('the report has each figure of the calibration with its window', async (t) => {
  const page = renderHtml(withCalibration(passed))
  t.match(page, /blackout of 500 ms by the server/)
  t.match(page, /500 ms as programmed ± 2 ms/)
})

void t.test('a record keeps its calibration', async (t) => {
  const record = withCalibration(failed)
  t.same(runSchema.parse(JSON.parse(JSON.stringify(record))).calibration, failed)
  t.notOk('calibration' in runSchema.parse(JSON.parse(JSON.stringify(sampleRun))))
})
