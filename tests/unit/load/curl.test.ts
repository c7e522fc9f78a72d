import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import {
  blackout,
  countByServer,
  curlCommand,
  parseCurlOutput,
  placeFailures,
  placeInTime,
  type Request,
} from '../../../src/load/index.ts'

const at = (ms: number): ClusterTime => ms as ClusterTime

const OUTPUT = `192.168.88.10

@lvslab 0 200 40001 0.004200 null
192.168.88.11

@lvslab 0 200 40002 0.003000 null

@lvslab 28 000 0 0.400100 Connection timed out after 400 milliseconds

@lvslab 7 000 0 0.001000 Failed to connect to 192.168.88.100 port 80 after 1 ms: Couldn't connect to server
<html>502</html>
@lvslab 0 502 40005 0.010000 null
`

void t.test('each transfer is a line with its page before it', async (t) => {
  const lines = parseCurlOutput(OUTPUT)
  t.equal(lines.length, 5)
  t.match(lines[0], { body: '192.168.88.10', exitCode: 0, httpCode: 200, localPort: 40001, totalMs: 4.2 })
  t.match(lines[2], { body: '', exitCode: 28, error: 'Connection timed out after 400 milliseconds' })
})

void t.test('requests get the times of their SYNs, and failed ones a place by the pace', async (t) => {
  const syns = new Map([
    [40001, at(1000)],
    [40002, at(1201)],
    [40005, at(2010)],
  ])
  const requests = placeInTime(parseCurlOutput(OUTPUT), at(990), 200, syns)
  t.strictSame(
    requests.map(({ at, atFromWire, ok }) => [Math.round(at), atFromWire, ok]),
    [
      [1000, true, true],
      [1201, true, true],
      [1401, false, false],
      [1801, false, false],
      [2010, true, false],
    ],
  )
  t.equal(requests[0]?.server, '192.168.88.10')
  t.equal(requests[4]?.ok, false, 'an answer that is an error is no answer')
})

void t.test('a failed request takes the nearest SYN that nobody else accounts for, each SYN once', async (t) => {
  const failed = (ms: number): Request => ({
    index: 0,
    at: at(ms),
    atFromWire: false,
    durationMs: 400,
    ok: false,
    exitCode: 28,
    httpCode: 0,
    server: undefined,
    localPort: undefined,
    error: undefined,
  })
  const placed = placeFailures([failed(1000), failed(1050), failed(5000)], [at(1012), at(1063)])
  t.strictSame(
    placed.map(({ at, atFromWire }) => [at, atFromWire]),
    [
      [1012, true],
      [1063, true],
      [5000, false],
    ],
  )
})

void t.test('shares and blackouts follow from the history', async (t) => {
  const requests = placeInTime(parseCurlOutput(OUTPUT), at(0), 200, new Map())
  const { served, failed } = countByServer(requests)
  t.strictSame(Object.fromEntries(served), { '192.168.88.10': 1, '192.168.88.11': 1 })
  t.equal(failed, 3)
  t.equal(blackout(requests.slice(0, 2), at(0)), undefined)
  t.match(blackout(requests, at(0)), { firstLost: 400, lost: 3, firstServed: undefined, durationMs: undefined })
})

void t.test('one curl makes all requests, each on a connection of its own', async (t) => {
  const command = curlCommand({ url: 'http://192.168.88.100/', count: 60, maxTimeMs: 400, intervalMs: 200 })
  t.match(command, /--header "Connection: close"/)
  t.match(command, /--rate 300\/m/)
  t.match(command, /--max-time 0\.400/)
  t.match(command, /\?n=\[1-60\]'$/)
})
