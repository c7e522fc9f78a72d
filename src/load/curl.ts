import type { ClusterTime } from '../clock.ts'
import { after } from '../clock.ts'

/** One request of a curl client. */
export interface Request {
  /** In the order in which its curl made them. */
  readonly index: number
  /** When it began, on the cluster's clock: by its SYN on the wire where it got that far, else by curl's own pace. */
  readonly at: ClusterTime
  readonly atFromWire: boolean
  readonly durationMs: number
  readonly ok: boolean
  /** curl(1), EXIT CODES: 0 done, 7 refused, 28 time-out, 56 reset. */
  readonly exitCode: number
  readonly httpCode: number
  /** The first word of what came: the address of the server that answered. */
  readonly server: string | undefined
  readonly localPort: number | undefined
  readonly error: string | undefined
}

/** What curl's --write-out says of one transfer, and the page before it. */
export interface CurlLine {
  readonly body: string
  readonly exitCode: number
  readonly httpCode: number
  readonly localPort: number
  readonly totalMs: number
  readonly error: string
}

/** Separates one transfer's figures from its page; no page of ours contains it. */
const MARK = '@lvslab'

export const WRITE_OUT = `\\n${MARK} %{exitcode} %{http_code} %{local_port} %{time_total} %{errormsg}\\n`

/**
 * Arguments for a curl that makes `count` requests on fresh connections, one after another. One process for all of them:
 * starting curl costs an emulated machine a hundred times what a request does.
 */
export function curlCommand(options: {
  readonly url: string
  readonly count: number
  /** Upper bound of a request, ms. */
  readonly maxTimeMs: number
  /** Between the beginnings of two requests, ms; 0: one right after the other. */
  readonly intervalMs?: number
  readonly sourceAddress?: string
}): string {
  const separator = options.url.includes('?') ? '&' : '?'
  // curl's --rate has whole requests per unit of time.
  const perMinute =
    options.intervalMs === undefined || options.intervalMs === 0 ? 0 : Math.round(60_000 / options.intervalMs)
  const words = [
    // Line by line, so that what was done is known when it is ended.
    'stdbuf -oL curl --silent --no-keepalive --header "Connection: close"',
    `--max-time ${(options.maxTimeMs / 1000).toFixed(3)}`,
    perMinute === 0 ? '' : `--rate ${perMinute}/m`,
    options.sourceAddress === undefined ? '' : `--interface ${options.sourceAddress}`,
    `--write-out '${WRITE_OUT}'`,
    `'${options.url}${separator}n=[1-${options.count}]'`,
  ]
  return words.filter(Boolean).join(' ')
}

export function parseCurlOutput(text: string): CurlLine[] {
  const lines: CurlLine[] = []
  let body: string[] = []
  for (const line of text.split('\n')) {
    const match = /^@lvslab (\d+) (\d+) (\d+) ([\d.]+) (.*)$/.exec(line)
    if (!match) {
      body.push(line)
      continue
    }
    const [, exitCode, httpCode, localPort, seconds, error] = match
    lines.push({
      body: body.join('\n').trim(),
      exitCode: Number(exitCode),
      httpCode: Number(httpCode),
      localPort: Number(localPort),
      totalMs: Number(seconds) * 1000,
      error: error ?? '',
    })
    body = []
  }
  return lines
}

/**
 * Puts one curl's requests on the cluster's clock. curl does not say when a request began; the wire does, for every SYN
 * that left the client. A request without one (or whose port curl does not know, as it failed) is placed between its
 * neighbours by curl's pace: the interval after the one before began, or its end if that was later.
 */
export function placeInTime(
  lines: readonly CurlLine[],
  began: ClusterTime,
  intervalMs: number,
  synTimes: ReadonlyMap<number, ClusterTime>,
): Request[] {
  let next = began
  return lines.map((line, index) => {
    const wireTime = line.localPort > 0 ? synTimes.get(line.localPort) : undefined
    const at = wireTime ?? next
    next = after(at, Math.max(intervalMs, line.totalMs))
    return {
      index,
      at,
      atFromWire: wireTime !== undefined,
      durationMs: line.totalMs,
      ok: line.exitCode === 0 && line.httpCode >= 200 && line.httpCode < 300,
      exitCode: line.exitCode,
      httpCode: line.httpCode,
      server: line.exitCode === 0 ? /^\S+/.exec(line.body)?.[0] : undefined,
      localPort: line.localPort > 0 ? line.localPort : undefined,
      error: line.error === '' || line.error === 'null' ? undefined : line.error,
    }
  })
}

/** How far a failed request's place by curl's pace may be from its SYN on the wire, ms. */
const PLACE_TOLERANCE_MS = 250

/**
 * Gives failed requests the times of the SYNs that no other request accounts for: the earliest failure the earliest SYN
 * that is near enough. A failure without one (its SYN never left: no ARP answer, no carrier) keeps its place.
 */
export function placeFailures(requests: readonly Request[], unclaimed: readonly ClusterTime[]): Request[] {
  const free = [...unclaimed].sort((a, b) => a - b)
  const inOrder = [...requests].sort((a, b) => a.at - b.at)
  return inOrder.map((request) => {
    if (request.ok || request.atFromWire) return request
    const index = free.findIndex((at) => Math.abs(at - request.at) <= PLACE_TOLERANCE_MS)
    if (index < 0) return request
    const [at] = free.splice(index, 1)
    return { ...request, at: at!, atFromWire: true }
  })
}
