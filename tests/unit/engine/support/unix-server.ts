import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Listens on a unix socket until the test ends; answers its path, which is short: 107 bytes are all that it may have. */
export async function unixServer(
  t: { teardown: (done: () => void) => void },
  onConnection: (socket: Socket) => void,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lvslab-test-'))
  const path = join(folder, 's')
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return path
}
