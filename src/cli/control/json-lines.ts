import type { Socket } from 'node:net'

/** A message longer than this is not one of ours, characters. Output of a command may have 16 MiB (qemu-ga). */
const LONGEST = 64 * 2 ** 20

/** Hands over each line of a socket as parsed JSON; a line that is not JSON ends the connection. */
export function onJsonLines(socket: Socket, onMessage: (message: unknown) => void): void {
  let parts: string[] = []
  let length = 0
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const lines = chunk.split('\n')
    const last = lines.pop() ?? ''
    for (const line of lines) {
      const text = [...parts, line].join('')
      parts = []
      length = 0
      try {
        onMessage(JSON.parse(text))
      } catch (error) {
        socket.destroy(error as Error)
        return
      }
    }
    parts.push(last)
    length += last.length
    if (length > LONGEST) socket.destroy(new Error('a message without end'))
  })
}
