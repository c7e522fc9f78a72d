import { Fabric, type WireEvent } from '../../fabric/index.ts'
import { removeScratchDir, scratchDir } from '../../host/paths.ts'
import { judge } from '../judgement.ts'
import { handshakeBlackout, type BlackoutInstrument } from './blackout-reading.ts'
import { calibrationOf, WIRE_TOLERANCE_MS, type Calibration, type Reading } from './calibration.ts'
import { clientExcuses, machineExcuses, wireExcuses, type Excuses } from './excuses.ts'
import { bookedBlackout, clientReading, lateAround, serverReading } from './machine-readings.ts'
import { cutFor, unplugAndPlug, type Cutter, type EdgeLateness, type ProgrammedCut } from './programmed-cut.ts'
import { SyntheticMachine } from './synthetic-machine.ts'
import {
  CLIENT,
  CLIENT_CABLE,
  REQUEST_EVERY,
  RHYTHM_MS,
  SERVER,
  SERVER_CABLE,
  type ClientBook,
} from './two-machines.ts'

export interface CalibrationOptions {
  /** How long the blackouts are that are programmed, ms. */
  readonly blackoutsMs: readonly number[]
  /** How often each. Default 1. */
  readonly repeats?: number
  /** What is calibrated. Default: the blackout as claims read it off the wire. */
  readonly instrument?: BlackoutInstrument
  readonly cutter?: Cutter
  readonly onProgress?: (line: string) => void
}

/** A cut that the host was too late for is tried so often, as a claim is. */
const ATTEMPTS = 3
const SERVED_TIMEOUT_MS = 10_000

/**
 * Holds the harness's instrument against something known: two synthetic machines on a fabric of their own, a client that
 * begins a handshake each ms and a server that answers, and a cable that is cut by program for a known time. What the
 * wire then reports as the client's blackout must be what was programmed, to within {@link WIRE_TOLERANCE_MS}; the client's own
 * book, kept on the client's own clock, to within one request interval; and the server's, which knows nothing of the
 * fabric's stamps, to within its resolution. A miss that the host's lateness explains is tried again, and is then
 * inconclusive.
 *
 * @throws InfrastructureError LVSLAB_E_CALIBRATION if a machine's thread does not come up
 */
export async function calibrate(options: CalibrationOptions): Promise<Calibration> {
  const started = performance.now()
  const readings: Reading[] = []
  let repeated = 0
  for (let round = 1; round <= (options.repeats ?? 1); round++) {
    for (const blackoutMs of options.blackoutsMs) {
      let tried = await measure(blackoutMs, options)
      for (let attempt = 2; attempt <= ATTEMPTS && isUndecided(tried); attempt++) {
        options.onProgress?.(`the host was too late to read a blackout of ${blackoutMs} ms; trying again`)
        repeated++
        tried = await measure(blackoutMs, options)
      }
      readings.push(...tried)
      options.onProgress?.(
        `${blackoutMs} ms: ${tried.map(({ by, valueMs }) => `${valueMs.toFixed(2)} ms by the ${by}`).join(', ')}`,
      )
    }
  }
  return calibrationOf(readings, repeated, Math.round(performance.now() - started))
}

function isUndecided(readings: readonly Reading[]): boolean {
  const judgements = readings.map(({ judgement }) => judgement)
  return judgements.includes('undecided') && !judgements.includes('outside')
}

/** One cut, on a fabric and with machines of its own. */
async function measure(blackoutMs: number, options: CalibrationOptions): Promise<Reading[]> {
  const { instrument = handshakeBlackout, cutter = unplugAndPlug } = options
  const directory = await scratchDir('calibration')
  try {
    await using fabric = await Fabric.start({
      socketDir: directory,
      networks: [{ name: 'calibration', kind: 'switch' }],
      cables: [
        { id: CLIENT_CABLE, network: 'calibration', mac: CLIENT.mac },
        { id: SERVER_CABLE, network: 'calibration', mac: SERVER.mac },
      ],
    })
    await using server = await SyntheticMachine.start('server', fabric.socketPath(SERVER_CABLE))
    await using client = await SyntheticMachine.start('client', fabric.socketPath(CLIENT_CABLE))
    const since = fabric.clock.now()
    await served(fabric)
    const threads = { client: client.threadId, server: server.threadId }
    const programmed = await cutFor({ fabric, cable: SERVER_CABLE, threads }, blackoutMs, cutter)
    await served(fabric)
    const until = fabric.clock.now()
    const books = { client: await client.finish(), server: await server.finish() }
    const cut = withRhythm(programmed, blackoutMs, books.client)
    await fabric.flush()
    const service = { address: SERVER.ip, port: SERVER.port }
    const watched = { wire: fabric.wire, clientIp: CLIENT.ip, service, intervalMs: RHYTHM_MS, since, until }
    const { fromMs, toMs } = instrument(watched)
    const read = (by: string, valueMs: number, toleranceMs: number, excuses: Excuses): Reading => {
      const window = { minMs: blackoutMs - toleranceMs, maxMs: blackoutMs + toleranceMs }
      const judgement = judge({ valueMs, uncertaintyMs: 0, ...excuses }, window)
      return { by, programmedMs: blackoutMs, valueMs, toleranceMs, judgement }
    }
    return [
      // What sees no blackout reports one of 0 ms.
      read(
        'wire',
        fromMs === undefined || toMs === undefined ? 0 : toMs - fromMs,
        WIRE_TOLERANCE_MS,
        wireExcuses(cut, blackoutMs, bookedBlackout(books.client)),
      ),
      read('client', clientReading(books.client), REQUEST_EVERY * RHYTHM_MS, clientExcuses(cut)),
      read('server', serverReading(books.server, cut.amidMs), WIRE_TOLERANCE_MS, machineExcuses(cut)),
    ]
  } finally {
    await removeScratchDir(directory)
  }
}

/** What the client's book says of its own lateness at either end. */
function withRhythm(cut: ProgrammedCut, blackoutMs: number, book: ClientBook): ProgrammedCut {
  const at = (edge: EdgeLateness, momentMs: number): EdgeLateness => ({
    ...edge,
    rhythmMs: lateAround(book, momentMs),
  })
  return {
    ...cut,
    atCut: at(cut.atCut, cut.amidMs - blackoutMs / 2),
    atMend: at(cut.atMend, cut.amidMs + blackoutMs / 2),
  }
}

/** The client's request interval twice over, undisturbed. */
async function served(fabric: Fabric): Promise<void> {
  let left = 2 * REQUEST_EVERY
  const match = (event: WireEvent): boolean =>
    event.type === 'tcp' && event.http?.startsWith('HTTP/') === true && --left === 0
  await fabric.wire.waitFor(
    { description: `${left} answers of the synthetic server`, match },
    { timeoutMs: SERVED_TIMEOUT_MS },
  )
}
