import type { Address } from './segment.ts'
import type { CableId } from '../../fabric/index.ts'

/** The two synthetic machines of a calibration, on a network of their own that nothing else is on. */
export const CLIENT: Omit<Address, 'port'> = { mac: '02:1a:b0:00:00:01', ip: '10.99.0.1' }
export const SERVER: Address = { mac: '02:1a:b0:00:00:02', ip: '10.99.0.2', port: 80 }
export const CLIENT_CABLE: CableId = 'client:eth0'
export const SERVER_CABLE: CableId = 'server:eth0'

/** Between two SYNs of the client, ms: what the wire resolves. */
export const RHYTHM_MS = 1
/** The client's own book has each twentieth: what it resolves is this, ms. */
export const REQUEST_EVERY = 20

/** What belongs to a moment: as long as a request interval of the client, and a little, ms. */
export const AROUND_MS = REQUEST_EVERY * RHYTHM_MS + 5

const FIRST_PORT = 20_000
const PORTS = 40_000

/** The source port of the client's SYN with this number; they come again after 40 s. */
export function portOf(number: number): number {
  return FIRST_PORT + (number % PORTS)
}

/** What a thread is started with. */
export interface MachineSetup {
  readonly role: 'client' | 'server'
  readonly socketPath: string
}

/** Times on the machine's own clock, CLOCK_MONOTONIC in ms; NaN is never. By the number of the SYN. */
export interface ClientBook {
  /** Just before the SYN was handed to the kernel. */
  readonly sent: Float64Array
  /** Just after: the fabric could read it from some moment between the two on. The thread may be stopped there, too. */
  readonly taken: Float64Array
  /** How much later than its rhythm it sent, ms. */
  readonly lateMs: Float64Array
  /** When the SYN was answered by one. */
  readonly accepted: Float64Array
  /** When the request was answered. */
  readonly answered: Float64Array
}

/** When SYNs were received; same clock. */
export type ServerBook = Float64Array
