import { median } from 'simple-statistics'
import type { Cluster } from '../../cluster/index.ts'
import { burst } from '../../load/index.ts'
import { cpuOf, failed } from './context.ts'
import { FIGURES, freshRequest, type FigureSpec } from './figures.ts'
import { parseWrk, wrkCommand, type WrkOptions, type WrkResult } from './wrk.ts'

/** Connections at a time: enough to keep the emulated processors busy, few enough that answers come within ms. */
export const BUSY_CONNECTIONS = 16
/** Light load for latencies: one connection for each real server. */
export const LIGHT_CONNECTIONS = 2
const SECONDS = 1
export const FRESH_REQUESTS = 40
export const LARGE_BYTES = 16_777_216

export type Measured = readonly { readonly figure: FigureSpec; readonly value: number }[]

/** Everything that is measured of one virtual service: about four seconds. */
export async function loadSample(cluster: Cluster, address: string): Promise<Measured> {
  const busy = await connectionSample(cluster, address)
  const kept = await cpuOf(cluster, 'director', () => wrk(cluster, { ...busyOf(address), fresh: false }))
  const light = await wrk(cluster, { ...busyOf(address), fresh: false, connections: LIGHT_CONNECTIONS })
  const { p50, p90, p99, p999 } = light.latencyMs
  return [
    ...busy,
    { figure: FIGURES.requests, value: perSecond(kept.result) },
    { figure: FIGURES.cpuPerRequests, value: (kept.cpuMs / kept.result.requests) * 1000 },
    { figure: FIGURES.p50, value: p50 },
    { figure: FIGURES.p90, value: p90 },
    { figure: FIGURES.p99, value: p99 },
    { figure: FIGURES.p999, value: p999 },
    { figure: FIGURES.download, value: await downloadRate(cluster, address) },
  ]
}

/** New connections for a second, and what the director spends on them. */
export async function connectionSample(cluster: Cluster, address: string): Promise<Measured> {
  const { result, cpuMs } = await cpuOf(cluster, 'director', () => wrk(cluster, busyOf(address)))
  return [
    { figure: FIGURES.connections, value: perSecond(result) },
    { figure: FIGURES.cpuPerConnections, value: (cpuMs / result.requests) * 1000 },
  ]
}

function busyOf(address: string): WrkOptions {
  return { url: `http://${address}/`, connections: BUSY_CONNECTIONS, seconds: SECONDS, fresh: true }
}

/** @throws InfrastructureError `LVSLAB_E_BENCH` when it reports nothing, or nothing was answered */
export async function wrk(cluster: Cluster, options: WrkOptions): Promise<WrkResult> {
  const command = wrkCommand(options)
  const { stdout, stderr } = await cluster.client.run(command, { timeoutMs: 30_000, pollMs: 20 })
  const result = parseWrk(`${stdout}\n${stderr}`, command)
  if (result.requests === 0) throw failed(`${options.url} answered nothing`, command, stdout)
  return result
}

function perSecond({ requests, durationMs }: WrkResult): number {
  return (requests / durationMs) * 1000
}

/** MB/s (10^6 bytes) of one large file on one connection. */
async function downloadRate(cluster: Cluster, address: string): Promise<number> {
  const command = `curl --silent --output /dev/null --max-time 20 --write-out '%{size_download} %{time_total}' http://${address}/large`
  const output = await cluster.client.succeed(command, { timeoutMs: 30_000, pollMs: 20 })
  const [bytes = 0, seconds = NaN] = output.split(' ').map(Number)
  if (bytes !== LARGE_BYTES) throw failed('the large file came in part', command, output)
  return bytes / seconds / 1e6
}

/** One after another on fresh connections, by who answered: what shows a server, or its cable, that is slow by itself. */
export async function freshRequests(cluster: Cluster, address: string): Promise<Measured> {
  const requests = await burst(cluster, cluster.client, { url: `http://${address}/`, count: FRESH_REQUESTS })
  const times = new Map<string, number[]>()
  for (const { ok, server, durationMs } of requests) {
    const node = ok ? nodeOf(cluster, server) : undefined
    if (node !== undefined) times.set(node, [...(times.get(node) ?? []), durationMs])
  }
  const inOrder = [...times].sort(([one], [other]) => one.localeCompare(other))
  return inOrder.map(([node, all]) => ({ figure: freshRequest(node), value: median(all) }))
}

/** A server's page is its first address. */
function nodeOf({ nodes }: Cluster, address: string | undefined): string | undefined {
  return nodes.find((node) => node.address === address)?.name
}
