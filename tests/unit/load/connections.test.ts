import { execa } from 'execa'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { Node } from '../../../src/cluster/index.ts'
import { InfrastructureError } from '../../../src/errors.ts'
import { answerOf } from '../../../src/load/connections-script.ts'
import { connectionsOf } from '../../../src/load/index.ts'

/** This machine plays the client. */
const run = async (command: string): Promise<{ exitCode: number; stdout: string; stderr: string }> => {
  const { exitCode = 1, stdout, stderr } = await execa('sh', ['-c', command], { reject: false })
  return { exitCode, stdout, stderr }
}
const client = {
  ...{ name: 'client', address: '127.0.0.1', running: true, run },
  succeed: async (command: string) => (await run(command)).stdout,
} as unknown as Node

async function serve(t: Test, page: string): Promise<{ port: number; sockets: Socket[]; clientPorts: unknown[] }> {
  const sockets: Socket[] = []
  const clientPorts: unknown[] = []
  const server = createServer((_, response) => response.end(`${page}\n`))
  server.on('connection', (socket: Socket) => {
    sockets.push(socket)
    clientPorts.push(socket.remotePort)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close().closeAllConnections())
  return { port: (server.address() as AddressInfo).port, sockets, clientPorts }
}

void t.test('connections are opened in order, and a single one can be closed', async (t) => {
  const { port, sockets, clientPorts } = await serve(t, '10.1.1.11')
  await using connections = await connectionsOf(client)
  const at = { address: '127.0.0.1', port }
  const opened = await connections.open([at, { ...at, sourceAddress: '127.0.0.2' }, { ...at, brief: true }])
  t.strictSame(
    opened.map(({ clientIp, server }) => [clientIp, server]),
    [
      ['127.0.0.1', '10.1.1.11'],
      ['127.0.0.2', '10.1.1.11'],
      ['127.0.0.1', '10.1.1.11'],
    ],
  )
  t.strictSame(
    opened.map(({ localPort }) => localPort),
    clientPorts,
  )
  if (!sockets[2]!.destroyed) await once(sockets[2]!, 'close')
  t.notOk(sockets[0]!.destroyed || sockets[1]!.destroyed, 'those that are not brief stay open')
  const ended = once(sockets[0]!, 'close')
  await connections.close([opened[0]!])
  await ended
  t.notOk(sockets[1]!.destroyed, 'the other is still open')
  t.strictSame(await connections.open([]), [])
})

void t.test('a refused connection has a port and a reason, and no server', async (t) => {
  await using connections = await connectionsOf(client)
  const [refused] = await connections.open([{ address: '127.0.0.1', port: 1 }])
  t.match(refused, { clientIp: '127.0.0.1', localPort: Number, error: 'Connection refused' })
  t.equal(refused?.server, undefined)
})

void t.test('an address that the client does not have is no refusal, and says so', async (t) => {
  await using connections = await connectionsOf(client)
  const opened = connections.open([{ address: '127.0.0.1', sourceAddress: '192.0.2.1' }])
  await t.rejects(opened, { code: 'LVSLAB_E_CONNECTIONS', seen: /bind 192\.0\.2\.1: Cannot assign/ })
})

void t.test('an answer that is none is refused', async (t) => {
  t.throws(() => answerOf('', '127.0.0.1'), InfrastructureError)
})
