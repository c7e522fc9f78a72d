import type { ClusterTime } from '../clock.ts'
import { after } from '../clock.ts'
import { NARROW_RANGE, PORT_RANGE } from '../cluster/index.ts'
import { LOAD_PORTS } from './ports.ts'

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

const writeOut = (port: string): string => `\\n${MARK} %{exitcode} %{http_code} ${port} %{time_total} %{errormsg}\\n`

export interface CurlOptions {
  readonly url: string
  readonly count: number
  /** Upper bound of a request, ms. */
  readonly maxTimeMs: number
  /** Between the beginnings of two requests, ms; 0: one right after the other. */
  readonly intervalMs?: number
  readonly sourceAddress?: string
}

/**
 * A shell command for a curl that makes `count` requests on fresh connections, one after another, from ports that Linux
 * chooses. One process for all of them: starting curl costs an emulated machine a hundred times what a request does.
 */
export function curlCommand(options: CurlOptions): string {
  return [
    curlWith(options),
    ...perRequest(options).map((option) => `--${option.replace(' = ', ' ')}`),
    `--write-out '${writeOut('%{local_port}')}'`,
    `'${numbered(options.url)}[1-${options.count}]'`,
  ].join(' ')
}

/**
 * A shell command that prints a configuration for {@link curlFromConfig}: each request from a port of its own, from
 * `firstPort` on, round within {@link LOAD_PORTS}. So the port of a failed request is known too, which curl itself does not
 * say. A client whose range of ports was narrowed ({@link exhaustPorts}) is left to Linux's choice, or it would not feel it.
 */
export function curlConfig(options: CurlOptions & { readonly firstPort: number }): string {
  const program = `
    { own = $2 - $1 >= ${NARROW_RANGE} }
    END {
      for (i = 0; i < ${options.count}; i++) {
        port = own ? ${LOAD_PORTS.first} + (${options.firstPort - LOAD_PORTS.first} + i) % ${LOAD_PORTS.count} : "%{local_port}"
        if (i > 0) print "next"
        if (own) print "local-port = " port
        print "url = \\"${numbered(options.url)}" i + 1 "\\""
        print "write-out = \\"${writeOut('" port "').replaceAll('\\', '\\\\')}\\""
        ${perRequest(options)
          .map((option) => `print "${option.replaceAll('"', '\\"')}"`)
          .join('; ')}
      }
    }`
  return `awk '${program}' ${PORT_RANGE}`
}

/** A shell command that makes the requests of a configuration, from a file or, as `-`, from its standard input. */
export function curlFromConfig(options: CurlOptions, file: string): string {
  return `${curlWith(options)} --config ${file}`
}

function curlWith({ intervalMs = 0 }: CurlOptions): string {
  // Line by line, so that what was done is known when it is ended. curl's --rate has whole requests per unit of time.
  return `stdbuf -oL curl${intervalMs === 0 ? '' : ` --rate ${Math.round(60_000 / intervalMs)}/m`}`
}

function perRequest({ maxTimeMs, sourceAddress }: CurlOptions): string[] {
  return [
    ...['silent', 'no-keepalive', 'header = "Connection: close"'],
    `max-time = ${(maxTimeMs / 1000).toFixed(3)}`,
    ...(sourceAddress === undefined ? [] : [`interface = ${sourceAddress}`]),
  ]
}

function numbered(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}n=`
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
 * that left the client. A request without one (no ARP answer, no carrier, or a failure whose port is not known) is placed
 * between its neighbours by curl's pace: the interval after the one before began, or its end if that was later.
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
