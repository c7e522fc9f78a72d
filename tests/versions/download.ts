import { after, type ClusterTime } from '../../src/clock.ts'
import type { Cluster, Node } from '../../src/cluster/index.ts'
import type { TcpEvent } from '../../src/fabric/index.ts'

/** Some twenty seconds: a takeover takes four of them. */
const SECONDS = 20
const BYTES_PER_SECOND = 250_000
const BYTES = SECONDS * BYTES_PER_SECOND

/** A download that does not end is given up after that. */
const LIMIT_S = 90

/** A page that takes its time, on every web node the same. Answers its SHA-256. */
export async function layPage(cluster: Cluster): Promise<string> {
  const command = `yes 'a page that takes its time' | head -c ${BYTES} >/var/www/html/long; sha256sum </var/www/html/long`
  const sums = await Promise.all(cluster.withRole('web').map((node) => node.succeed(command)))
  return sums[0]!.split(' ')[0]!
}

export interface DownloadEnd {
  /** curl(1), EXIT CODES: 0 done, 18 cut short, 28 time-out, 56 reset. */
  readonly exitCode: number
  readonly bytes: number
  readonly sha256: string
  readonly durationMs: number
  readonly error: string
}

/** One long connection of the client, on its way. */
export interface Download {
  readonly began: ClusterTime
  readonly localPort: number
  readonly bytes: number
  /** Waits until it has ended, however. */
  ended(): Promise<DownloadEnd>
}

/**
 * Starts a download on a connection that lasts. The client has room for little at a time, so that packets of it go by way
 * of the director all the while.
 */
export async function startDownload(cluster: Cluster): Promise<Download> {
  const { client, vip, clock, wire } = cluster
  const folder = '/run/lvslab-download'
  const writeOut = '%{exitcode} %{size_download} %{time_total} %{errormsg}'
  const began = clock.now()
  await client.succeed("sysctl -q -w net.ipv4.tcp_rmem='4096 32768 65536'")
  await client.machine.start(
    `mkdir -p ${folder}; curl -s --max-time ${LIMIT_S} --limit-rate ${BYTES_PER_SECOND} -o /tmp/download -w '${writeOut}' ` +
      `'${cluster.url(cluster.service, '/long')}' >${folder}/said; sha256sum </tmp/download >${folder}/sum; touch ${folder}/done`,
  )
  const first = await wire.waitFor(
    {
      description: 'the first bytes of the download',
      match: (event) =>
        event.type === 'tcp' &&
        event.srcIp === vip.address &&
        event.dstIp === client.address &&
        event.http?.startsWith('HTTP/') === true,
      related: (event) => event.type === 'tcp',
    },
    { since: began, timeoutMs: 15_000 },
  )
  return {
    began,
    localPort: (first as TcpEvent).dstPort,
    bytes: BYTES,
    ended: async () => {
      const out = await client.succeed(
        `until [ -e ${folder}/done ]; do sleep 0.1; done; cat ${folder}/said; echo; cat ${folder}/sum`,
        { timeoutMs: (LIMIT_S + 20) * 1000 },
      )
      const [, exitCode, bytes, seconds, error = ''] = /^(\d+) (\d+) ([\d.]+) (.*)$/m.exec(out) ?? []
      const sha256 = /^([0-9a-f]{64})\b/m.exec(out)?.[1] ?? ''
      return {
        ...{ exitCode: Number(exitCode), bytes: Number(bytes), durationMs: Number(seconds) * 1000, sha256 },
        error: error === 'null' ? '' : error,
      }
    },
  }
}

/** The real server that a director's kernel sends a connection to, and its state; undefined where it knows none. */
export async function knownTo(
  cluster: Cluster,
  director: Node,
  localPort: number,
): Promise<{ server: string; state: string } | undefined> {
  const table = await cluster.director(director).connectionTable()
  const found = table.find(
    ({ clientIp, clientPort }) => clientIp === cluster.client.address && clientPort === localPort,
  )
  return found && { server: found.serverIp, state: found.state }
}

/** Segments with SYN, FIN or RST, and beginnings of HTTP messages, that belong to a download. */
export function segmentsOf(cluster: Cluster, { localPort, began }: Download): TcpEvent[] {
  const isOwn = ({ srcIp, srcPort, dstIp, dstPort }: TcpEvent): boolean =>
    (srcIp === cluster.client.address && srcPort === localPort) ||
    (dstIp === cluster.client.address && dstPort === localPort)
  return cluster.wire
    .within({ since: after(began, -1) })
    .filter((event): event is TcpEvent => event.type === 'tcp' && isOwn(event))
}
