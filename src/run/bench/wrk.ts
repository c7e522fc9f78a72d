import { InfrastructureError } from '../../errors.ts'

/** Where the load generator lies in the client. */
export const LOAD_FOLDER = '/opt/lvslab-load'

/** One measurement by wrk(1). */
export interface WrkResult {
  readonly durationMs: number
  /** Answered. */
  readonly requests: number
  /** Connections refused or broken off, time-outs, answers that were no success. */
  readonly errors: number
  /** ms, by percentile. */
  readonly latencyMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly p999: number }
}

export interface WrkOptions {
  readonly url: string
  /** Connections at a time. */
  readonly connections: number
  /** Whole seconds, as wrk takes them. */
  readonly seconds: number
  /** Each request on a connection of its own. */
  readonly fresh?: boolean
  /** Requests at most: what bounds the load besides its time. Reached earlier, wrk is idle until its time is over. */
  readonly limit?: number
}

const DEFAULT_LIMIT = 50_000

/** wrk's own report has no p99.9, and rounds: this script prints what it knows in µs. */
export const WRK_SCRIPT = `-- Ends after LVSLAB_LIMIT requests, and prints one line that a program can read.
local limit = tonumber(os.getenv("LVSLAB_LIMIT"))
local sent = 0
local text
function init() text = wrk.format() end
function request()
  sent = sent + 1
  if sent > limit then wrk.thread:stop() end
  return text
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("@lvslab %d %d %d %d %d %d %d\\n", summary.duration, summary.requests,
    e.connect + e.read + e.write + e.timeout + e.status,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency:percentile(99.9)))
end
`

/** The command that makes the load, with the libraries that wrk was copied with. */
export function wrkCommand({ url, connections, seconds, fresh, limit = DEFAULT_LIMIT }: WrkOptions): string {
  return [
    `LVSLAB_LIMIT=${limit}`,
    `${LOAD_FOLDER}/ld.so --library-path ${LOAD_FOLDER} ${LOAD_FOLDER}/wrk`,
    `--threads 1 --connections ${connections} --duration ${seconds}s --timeout 2s --script ${LOAD_FOLDER}/bench.lua`,
    ...(fresh === true ? [`--header 'Connection: close'`] : []),
    `'${url}'`,
  ].join(' ')
}

/** @throws InfrastructureError `LVSLAB_E_BENCH` when it is not the script's report */
export function parseWrk(output: string, command: string): WrkResult {
  const match = /^@lvslab((?: -?\d+){7})$/m.exec(output)
  const [duration = 0, requests = 0, errors = 0, ...us] = match?.[1]?.trim().split(' ').map(Number) ?? []
  if (!match || duration <= 0) {
    throw new InfrastructureError('LVSLAB_E_BENCH', 'the load generator did not report', {
      tried: command,
      seen: output.slice(-1000),
    })
  }
  const [p50 = NaN, p90 = NaN, p99 = NaN, p999 = NaN] = us.map((value) => value / 1000)
  return { durationMs: duration / 1000, requests, errors, latencyMs: { p50, p90, p99, p999 } }
}
