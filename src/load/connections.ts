import type { Node } from '../cluster/index.ts'
import { InfrastructureError } from '../errors.ts'
import { answerOf, CONNECTIONS_SCRIPT, PATIENCE_S, type Connection } from './connections-script.ts'

/** A connection to open; port 80, and the client's first address, if not said otherwise. */
export interface Opening {
  readonly address: string
  readonly port?: number
  /** Which of its addresses the client uses. */
  readonly sourceAddress?: string
  /** Closed as soon as the server has answered. */
  readonly brief?: boolean
}

/** Single connections of a client, opened and closed one by one, on each of which the server has said who it is. */
export interface Connections extends AsyncDisposable {
  /** Opens them in this order and asks for the page on each; leaves them open, but closes a brief one before the next. */
  open(openings: readonly Opening[]): Promise<Connection[]>
  /** Closes connections that `open` has left open. */
  close(connections: readonly Connection[]): Promise<void>
}

/** For a start of perl, or some dozens of connections, on an emulated machine; silent ones take theirs besides. */
const TIMEOUT_S = 20

/**
 * Starts one process on a client that opens and closes connections as it is told: a connection costs a few ms, and a
 * process of its own for each would cost a hundred times that. nginx itself ends a silent one after 75 s
 * (keepalive_timeout).
 *
 * @throws InfrastructureError `LVSLAB_E_CONNECTIONS` when the process does not answer
 */
export async function connectionsOf(client: Node): Promise<Connections> {
  const folder = `/tmp/lvslab-connections-${Math.random().toString(36).slice(2, 8)}`
  const script = CONNECTIONS_SCRIPT.replaceAll("'", `'\\''`)
  // Both ends of both pipes are the process's own, so that none sees an end of file between two commands.
  const pid = await client.succeed(
    `mkdir ${folder} && cd ${folder} && mkfifo in out && { perl -e '${script}' <>in 1<>out 2>log & echo $!; }`,
  )
  const tell = async (lines: readonly string[]): Promise<string[]> => {
    if (lines.length === 0) return []
    const timeoutS = TIMEOUT_S + PATIENCE_S * lines.length
    const words = lines.map((line) => `"${line}"`).join(' ')
    const { stdout, stderr } = await client.run(
      `cd ${folder} && timeout ${timeoutS} sh -c 'printf "%s\\n" ${words} >in && head -n ${lines.length} out'; cat log >&2`,
      { timeoutMs: (timeoutS + 10) * 1000, pollMs: 20 },
    )
    const answers = stdout.trimEnd().split('\n')
    if (answers.length === lines.length && stdout !== '') return answers
    throw new InfrastructureError('LVSLAB_E_CONNECTIONS', `${client.name} did not open and close connections as told`, {
      tried: lines.join('\n'),
      seen: `${stdout}${stderr}`.slice(-500),
    })
  }
  let ended: Promise<unknown> | undefined
  return {
    open: async (openings) => {
      const lines = openings.map(({ address, port = 80, sourceAddress = client.address, brief = false }) => {
        return `${brief ? 'probe' : 'open'} ${sourceAddress} ${address} ${port}`
      })
      const answers = await tell(lines)
      return openings.map(({ sourceAddress = client.address }, index) => answerOf(answers[index] ?? '', sourceAddress))
    },
    close: async (connections) => {
      await tell(connections.map(({ clientIp, localPort }) => `close ${clientIp} ${localPort}`))
    },
    [Symbol.asyncDispose]: async () => {
      if (client.running) await (ended ??= client.run(`kill ${pid}; rm -r ${folder}`))
    },
  }
}
