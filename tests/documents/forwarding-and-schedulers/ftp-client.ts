import type { Cluster } from '../../../src/cluster/index.ts'

/** Who opens the data connection, and how that is said: RFC 959 (PASV, PORT) or RFC 2428 (EPSV, EPRT). */
export type FtpMode = 'EPSV' | 'PASV' | 'EPRT' | 'PORT'

/** Files to fetch one after another, one from each session; sessions of one name share one control connection. */
export interface FtpStep {
  readonly mode: FtpMode
  readonly sessions: readonly string[]
}

export interface FtpTransfer {
  readonly mode: FtpMode
  readonly session: string
  /** The first word of the file: the address of the server that sent it. */
  readonly server: string | undefined
  /** curl(1), EXIT CODES: 0 done, 7 refused or unreachable, 28 time-out. */
  readonly exitCode: number
  readonly error: string
}

const OPTIONS: Readonly<Record<FtpMode, string>> = {
  EPSV: '',
  PASV: '--disable-epsv',
  EPRT: '--ftp-port -',
  PORT: '--ftp-port - --disable-eprt',
}

const MARK = '@lvslab-ftp'

/**
 * One curl for all steps, since starting one is dear on an emulated machine. curl keeps one control connection for each
 * host name, so a session is a name, and all names are the VIP. It ends with the first failure: with all, each of them
 * would take its whole time. PASV and PORT, once agreed on, stay with a connection.
 *
 * @param maxTimeMs upper bound of each transfer
 */
export function ftpCommand(vip: string, steps: readonly FtpStep[], maxTimeMs = 8_000): string {
  const parts = steps.map(({ mode, sessions }) =>
    [
      `--silent --max-time ${maxTimeMs / 1000} --resolve '*:21:${vip}' ${OPTIONS[mode]}`,
      `--write-out '\\n${MARK} ${mode} %{url} %{exitcode} %{errormsg}\\n'`,
      `'ftp://{${sessions.join()}}/index.html'`,
    ].join(' '),
  )
  return `curl --fail-early ${parts.join(' --next ')}`
}

export function parseFtp(text: string): FtpTransfer[] {
  const line = new RegExp(`^${MARK} (\\w+) ftp://([^/]+)/\\S* (\\d+) (.*)$`, 'gm')
  let from = 0
  return [...text.matchAll(line)].map(({ index, 0: whole, 1: mode, 2: session, 3: exitCode, 4: error }) => {
    const server = /\S+/.exec(text.slice(from, index))?.[0]
    from = index + whole.length
    return { mode: mode as FtpMode, session: session!, server, exitCode: Number(exitCode), error: error! }
  })
}

/** Fetches the files as the cluster's client. */
export async function fetchByFtp(
  { client, wire }: Cluster,
  vip: string,
  steps: readonly FtpStep[],
  maxTimeMs?: number,
): Promise<FtpTransfer[]> {
  const { stdout } = await client.run(ftpCommand(vip, steps, maxTimeMs), { timeoutMs: 60_000, pollMs: 20 })
  await wire.catchUp()
  return parseFtp(stdout)
}

/** Two sessions of each real server, so that each is asked in every mode. */
export const EVERY_MODE: readonly FtpStep[] = [
  { mode: 'EPSV', sessions: ['a1', 'a2', 'a3'] },
  { mode: 'EPRT', sessions: ['a1', 'a2', 'a3'] },
  { mode: 'PASV', sessions: ['b1', 'b2', 'b3'] },
  { mode: 'PORT', sessions: ['b1', 'b2', 'b3'] },
]

/** The server of each session, in the order in which they were opened; one whose transfers came from several has them all. */
export function serversOf(transfers: readonly FtpTransfer[]): string[] {
  const sessions = new Map<string, Set<string>>()
  for (const { session, server = 'nobody' } of transfers) {
    sessions.set(session, (sessions.get(session) ?? new Set()).add(server))
  }
  return [...sessions.values()].map((servers) => [...servers].join('+'))
}
