/** The entry point of a synthetic machine's thread: a client that asks at a fixed rhythm, or a server that answers. */
import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { after } from '../../clock.ts'
import { MonotonicClock } from '../../fabric/monotonic-clock.ts'
import { ownThreadId } from '../../host/run-delay.ts'
import { PreciseTimer } from '../../fabric/precise-timer.ts'
import { CableEnd } from './cable-end.ts'
import { ACK, PSH, readSegment, segment, SYN } from './segment.ts'
import {
  CLIENT,
  portOf,
  RHYTHM_MS,
  SERVER,
  type ClientBook,
  type MachineSetup,
  type ServerBook,
} from './two-machines.ts'

const GET = 'GET / HTTP/1.0\r\n\r\n'
/** How long the last request may take. */
const LAST_ANSWER_MS = 2_000
const OK = 'HTTP/1.0 200 OK\r\n\r\n'

const { role, socketPath } = (workerData as { data: MachineSetup }).data
const main = parentPort as MessagePort
const finish = role === 'client' ? await client() : await server()
main.on('message', () => void end())
main.postMessage(ownThreadId())

async function end(): Promise<void> {
  main.postMessage(await finish())
  main.close()
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

async function client(): Promise<() => Promise<ClientBook>> {
  const sent: number[] = []
  const taken: number[] = []
  const late: number[] = []
  const accepted: number[] = []
  const answered: number[] = []
  const numbers = new Map<number, number>()
  const end = await CableEnd.connect(socketPath, (frame) => {
    const received = readSegment(frame)
    const number = received && numbers.get(received.dstPort)
    if (number === undefined) return
    if (received?.flags === (PSH | ACK)) answered[number] ??= monotonicMs()
    if (received?.flags !== (SYN | ACK)) return
    accepted[number] ??= monotonicMs()
    const get = { flags: PSH | ACK, seq: number + 1, payload: GET }
    end.send(segment({ ...CLIENT, port: portOf(number) }, SERVER, get))
  })
  const clock = MonotonicClock.startNow()
  let due = clock.now()
  const timer = new PreciseTimer(clock, (at) => {
    const number = sent.length
    const port = portOf(number)
    const syn = segment({ ...CLIENT, port }, SERVER, { flags: SYN, seq: number })
    late.push(Math.max(0, at - due))
    sent.push(monotonicMs())
    numbers.set(port, number)
    end.send(syn)
    taken.push(monotonicMs())
    // One that came late is not made up for: the rhythm goes on from it.
    due = after(at - due > RHYTHM_MS ? at : due, RHYTHM_MS)
    timer.wakeAt(due)
  })
  timer.wakeAt(due)
  return async () => {
    timer.stop()
    // What is under way comes to its end; it is answered in order.
    const deadlineMs = monotonicMs() + LAST_ANSWER_MS
    while (answered[sent.length - 1] === undefined && monotonicMs() < deadlineMs) await pause(1)
    end.close()
    const book = (times: readonly number[]): Float64Array =>
      Float64Array.from(sent, (_, number) => times[number] ?? NaN)
    return {
      sent: Float64Array.from(sent),
      taken: Float64Array.from(taken),
      lateMs: Float64Array.from(late),
      accepted: book(accepted),
      answered: book(answered),
    }
  }
}

async function server(): Promise<() => ServerBook> {
  const received: number[] = []
  const end = await CableEnd.connect(socketPath, (frame) => {
    const asked = readSegment(frame)
    if (asked === undefined) return
    const isSyn = asked.flags === SYN
    if (isSyn) received.push(monotonicMs())
    const answer = isSyn ? { flags: SYN | ACK, seq: 0 } : { flags: PSH | ACK, seq: 1, payload: OK }
    end.send(segment(SERVER, { ...CLIENT, port: asked.srcPort }, answer))
  })
  return () => {
    end.close()
    return Float64Array.from(received)
  }
}
