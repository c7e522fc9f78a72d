import { execa } from 'execa'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import type { Node } from '../../../src/cluster/index.ts'
import {
  blackout,
  countByServer,
  curlCommand,
  curlConfig,
  curlFromConfig,
  parseCurlOutput,
  placeInTime,
} from '../../../src/load/index.ts'
import { isOfLoads, isWithin, LOAD_PORTS, takePorts } from '../../../src/load/ports.ts'

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

void t.test('a load makes each request from a port of its own, and knows it when it fails too', async (t) => {
  const served: { port: number | undefined; url: string | undefined; connection: string | undefined }[] = []
  const server = createServer((request, response) => {
    const { socket, url, headers } = request
    served.push({ port: socket.remotePort, url, connection: headers.connection })
    if (served.length !== 3) response.end('10.1.1.11\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  const count = 5
  const options = {
    url: `http://127.0.0.1:${port}/`,
    count,
    maxTimeMs: 300,
    intervalMs: 50,
    sourceAddress: '127.0.0.9',
  }
  const firstPort = LOAD_PORTS.first + LOAD_PORTS.count - 3
  const { stdout } = await execa('sh', [
    '-c',
    `${curlConfig({ ...options, firstPort })} | ${curlFromConfig(options, '-')}`,
  ])
  const requests = placeInTime(parseCurlOutput(stdout), at(0), 50, new Map())
  const ports = [firstPort, firstPort + 1, firstPort + 2, LOAD_PORTS.first, LOAD_PORTS.first + 1]
  t.strictSame(
    requests.map(({ localPort }) => localPort),
    ports,
    'in order, and round',
  )
  t.strictSame(
    requests.map(({ ok, exitCode }) => [ok, exitCode]),
    [0, 0, 28, 0, 0].map((code) => [code === 0, code]),
  )
  t.strictSame(
    served,
    ports.map((port, index) => ({ port, url: `/?n=${index + 1}`, connection: 'close' })),
  )
  t.equal(requests[0]?.server, '10.1.1.11')
})

void t.test('loads of one client have different ports, and those of another client are no matter', async (t) => {
  const [one, other] = [{}, {}] as [Node, Node]
  t.equal(takePorts(one, 300), LOAD_PORTS.first)
  t.equal(takePorts(one, LOAD_PORTS.count), LOAD_PORTS.first + 300)
  t.equal(takePorts(one, 1), LOAD_PORTS.first + 300, 'after all others had their turn')
  t.equal(takePorts(other, 1), LOAD_PORTS.first)
})

void t.test('whose port it is: a range goes round, and what Linux chose is of no load', async (t) => {
  const { first, count } = LOAD_PORTS
  const round = { firstPort: first + count - 2, count: 4 }
  t.same(
    [first + count - 2, first + count - 1, first, first + 1].map((port) => isWithin(port, round)),
    [true, true, true, true],
  )
  t.same(
    [first + count - 3, first + 2, first + count, 40_000].map((port) => isWithin(port, round)),
    [false, false, false, false],
  )
  t.same([first, first + count - 1, first - 1, first + count].map(isOfLoads), [true, true, false, false])
})
