import t from 'tap'
import { clientExcuses, machineExcuses, wireExcuses } from '../../../src/verdict/calibration/excuses.ts'
import { bookedBlackout, lateAround, serverReading } from '../../../src/verdict/calibration/machine-readings.ts'
import type { EdgeLateness } from '../../../src/verdict/calibration/programmed-cut.ts'
import { judge } from '../../../src/verdict/judgement.ts'

const edge = (orderMs: number, stampMs: number, waitedMs: number): EdgeLateness => ({ orderMs, stampMs, waitedMs })
/** As on a machine with a load of 18 on two cores. */
const busy = { amidMs: 0, atCut: edge(1, 1, 50), atMend: edge(2, 3, 60), clientMs: 80 }
const window = { minMs: 98, maxMs: 102 }
const read = (valueMs: number, shortestMs: number, longestMs = shortestMs) =>
  judge({ valueMs, uncertaintyMs: 0, ...wireExcuses(busy, 100, { shortestMs, longestMs }) }, window)

void t.test('a wire that is off by 20 ms is found on a busy host, when the client’s book says otherwise', async (t) => {
  t.equal(read(120, 100.4), 'outside')
  t.equal(read(80, 100.4), 'outside')
  t.equal(read(101, 120), 'inside', 'what lies in its window needs no excuse')
})

void t.test('one that says what the client’s book says was late with all the others', async (t) => {
  t.equal(read(120, 118), 'undecided')
  t.equal(read(80, 82), 'undecided')
  t.equal(read(120, 80), 'outside', 'lateness the other way is no excuse')
})

void t.test('a client that was stopped while it handed a SYN over cannot say when it was on the wire', async (t) => {
  t.equal(read(91, 90.5, 100.3), 'undecided')
  t.equal(read(109, 99.7, 109.5), 'undecided')
  t.equal(read(80, 90.5, 100.3), 'outside', 'but not that it was later than that')
  t.equal(read(109, 90.5, 100.3), 'outside', 'lateness the other way is no excuse')
})

void t.test('nor does the book excuse more than the host was late', async (t) => {
  t.equal(read(250, 250), 'outside', 'a fabric that mends late lets everybody see it late')
  t.same(machineExcuses(busy), { fabricLateMs: 0, machineLateMs: 113, startLateMs: 51 })
  t.same(clientExcuses(busy), { fabricLateMs: 0, machineLateMs: 193, startLateMs: 193 })
})

void t.test('the book’s blackout is of all SYNs, the server’s gap is the one that was programmed', async (t) => {
  const sent = Float64Array.from([10, 11, 12, 13, 14, 15])
  const taken = Float64Array.from([10.5, 11.25, 12.5, 13.5, 14.75, 15.5])
  const booked = (...accepted: number[]) => bookedBlackout({ sent, taken, accepted: Float64Array.from(accepted) })
  t.same(booked(10, NaN, 12, NaN, 14, 15), { shortestMs: 2.75, longestMs: 3.75 })
  t.same(booked(...sent), { shortestMs: 0, longestMs: 0 })
  t.same(booked(10, 11, 12, 13, 14, NaN), { shortestMs: 0, longestMs: 0 }, 'never served again')
  const received = Float64Array.from([1, 2, 50, 51, 61, 62])
  t.equal(serverReading(received, 55), 10, 'not the longer one, in which the server stood still')
  t.equal(serverReading(received, 70), 0)
})

void t.test(
  'the client’s own lateness counts around a moment, also that of what should have been sent there',
  async (t) => {
    const sent = Float64Array.from([10, 11, 90, 91, 300])
    const book = { sent, lateMs: Float64Array.from([0, 0.1, 78, 0, 5]) }
    t.equal(lateAround(book, 11), 78, 'it should have been sent at 12')
    t.equal(lateAround(book, 110), 78)
    t.equal(lateAround(book, 200), 0)
    t.equal(lateAround(book, 310), 5)
  },
)

void t.test(
  'a client that stood still excuses a reading that is too long, where it waited for no processor',
  async (t) => {
    const still = { ...busy, atMend: { ...edge(0, 0, 0), rhythmMs: 30 }, atCut: { ...edge(0, 0, 1), rhythmMs: 20 } }
    t.same(machineExcuses(still), { fabricLateMs: 0, machineLateMs: 50, startLateMs: 1 })
  },
)
