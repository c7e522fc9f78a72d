import type { ClusterTime } from '../clock.ts'
import type { Cluster, Node } from '../cluster/index.ts'
import { curlConfig, curlFromConfig, parseCurlOutput, placeInTime, type Request } from './curl.ts'
import { isOfLoads, isWithin, takePorts, type PortRange } from './ports.ts'

export interface BurstOptions {
  readonly url: string
  readonly count: number
  /** Upper bound of each request, ms. Default 2000. */
  readonly maxTimeMs?: number
  /** Which of its addresses the client uses. */
  readonly sourceAddress?: string
}

/** Makes `count` requests on fresh connections, one after another, as fast as they are answered. */
export async function burst(cluster: Cluster, client: Node, options: BurstOptions): Promise<Request[]> {
  const maxTimeMs = options.maxTimeMs ?? 2000
  const requests = { ...options, maxTimeMs, firstPort: takePorts(client, options.count) }
  const began = cluster.clock.now()
  const { stdout } = await client.run(`${curlConfig(requests)} | ${curlFromConfig(requests, '-')}`, {
    timeoutMs: options.count * maxTimeMs + 20_000,
    pollMs: 20,
  })
  await cluster.wire.catchUp()
  return placeInTime(parseCurlOutput(stdout), began, 0, synTimes(cluster, client, began))
}

export interface SteadyOptions {
  readonly url: string
  /** Requests begun per second, all curls together. Default 20. */
  readonly perSecond?: number
  /** Upper bound of each request, ms: a curl waits for it before its next. Default 400. */
  readonly maxTimeMs?: number
  /** Stops by itself after this many ms. Default 60 000. */
  readonly limitMs?: number
}

/** A steady stream of requests that goes on while a test breaks something. */
export interface SteadyLoad extends AsyncDisposable {
  /** From here on every curl was at work. */
  readonly began: ClusterTime
  /** Between the beginnings of two requests, ms: what the client can resolve. */
  readonly intervalMs: number
  /** Upper bound of each request, ms. */
  readonly maxTimeMs: number
  /** Ends it and answers every request since `began`, in the order of their beginnings. */
  stop(): Promise<Request[]>
}

/** Several curls take turns, so that one that waits for a dead server does not silence the others. */
export const CURLS = 4

/** Starting a curl takes an emulated machine a while, four of them longer. */
const FLOWING_TIMEOUT_MS = 20_000

/**
 * Starts a steady stream of requests on fresh connections, and waits until each curl has been answered once: what breaks
 * afterwards broke under load.
 *
 * @throws WireTimeoutError when they are not answered
 */
export async function steady(cluster: Cluster, client: Node, options: SteadyOptions): Promise<SteadyLoad> {
  const perSecond = options.perSecond ?? 20
  const intervalMs = 1000 / perSecond
  const eachMs = intervalMs * CURLS
  const maxTimeMs = options.maxTimeMs ?? 400
  const count = Math.ceil((options.limitMs ?? 60_000) / eachMs)
  const directory = `/run/lvslab-load-${Math.random().toString(36).slice(2, 8)}`
  const curls = Array.from({ length: CURLS }, (_, index) => {
    const requests = { url: options.url, count, maxTimeMs, intervalMs: eachMs, firstPort: takePorts(client, count) }
    const config = `${directory}/${index}.conf`
    const command = curlFromConfig(requests, config)
    return {
      ports: requests,
      prepare: `${curlConfig(requests)} >${config}`,
      start: `( sleep ${((index * intervalMs) / 1000).toFixed(3)}; exec ${command} ) >${directory}/${index} 2>/dev/null &`,
    }
  })
  await client.succeed(`mkdir ${directory} && ${curls.map(({ prepare }) => prepare).join(' && ')}`)
  const began = cluster.clock.now()
  const start = curls.map(({ start }) => start).join('\n')
  await client.succeed(`{ ${start}\n } </dev/null; jobs -p >${directory}/pids`)
  const ports = curls.map(({ ports }) => ports)
  await untilFlowing(cluster, client, ports, began)
  const flowing = cluster.clock.now()
  let result: Promise<Request[]> | undefined
  const stop = (): Promise<Request[]> => {
    result ??= collect(cluster, client, directory, began, eachMs).then((all) => all.filter(({ at }) => at >= flowing))
    return result
  }
  return {
    began: flowing,
    intervalMs,
    maxTimeMs,
    stop,
    [Symbol.asyncDispose]: async () => {
      if (client.running) await stop()
    },
  }
}

/** @param ports - those of each curl; one that is of no load is a port that Linux chose for a curl */
async function untilFlowing(
  cluster: Cluster,
  client: Node,
  ports: readonly PortRange[],
  since: ClusterTime,
): Promise<void> {
  const answered = new Set<number>()
  await cluster.wire.waitFor(
    {
      description: `an answer to each of ${ports.length} curls of ${client.name}`,
      match: (event) => {
        if (event.type === 'tcp' && event.http?.startsWith('HTTP/') === true && event.dstIp === client.address) {
          const own = ports.find((range) => isWithin(event.dstPort, range))
          if (own !== undefined || !isOfLoads(event.dstPort)) answered.add(own?.firstPort ?? event.dstPort)
        }
        return answered.size >= CURLS
      },
      related: (event) => event.type === 'tcp',
    },
    { since, timeoutMs: FLOWING_TIMEOUT_MS },
  )
}

async function collect(
  cluster: Cluster,
  client: Node,
  directory: string,
  began: ClusterTime,
  eachMs: number,
): Promise<Request[]> {
  const text = await client.succeed(
    `kill $(cat ${directory}/pids) 2>/dev/null; sleep 0.05
     for index in ${Array.from({ length: CURLS }, (_, index) => index).join(' ')}; do cat ${directory}/$index; echo '=== curl'; done
     rm -rf ${directory}`,
  )
  await cluster.wire.catchUp()
  const times = synTimes(cluster, client, began)
  return text
    .split('=== curl')
    .slice(0, CURLS)
    .flatMap((part) => placeInTime(parseCurlOutput(part), began, eachMs, times))
    .sort((a, b) => a.at - b.at)
}

/** When each connection of the client was begun, by its port: the first SYN on the client's own cables. */
function synTimes(cluster: Cluster, client: Node, since: ClusterTime): Map<number, ClusterTime> {
  const cables = new Set(client.spec.interfaces.map(({ name }) => client.cable(name)))
  const times = new Map<number, ClusterTime>()
  for (const event of cluster.wire.within({ since })) {
    if (event.type !== 'tcp' || !event.syn || event.ack || !cables.has(event.cable)) continue
    if (!times.has(event.srcPort)) times.set(event.srcPort, event.at)
  }
  return times
}
