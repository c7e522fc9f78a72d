export { calibrate, type CalibrationOptions } from './calibrate.ts'
export { type Calibration, type CalibrationFigure, WIRE_TOLERANCE_MS } from './calibration.ts'
export {
  type BlackoutInstrument,
  type BlackoutReading,
  handshakeBlackout,
  type WatchedLoad,
} from './blackout-reading.ts'
export { type Cutter, unplugAndPlug } from './programmed-cut.ts'
