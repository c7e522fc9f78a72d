import type { Cluster } from '../../../src/cluster/index.ts'
import type { VirtualService } from '../../../src/topology/index.ts'

/** Fetches a page of so many bytes once from each server of a service with rr. */
export async function largePages(
  cluster: Cluster,
  service: VirtualService,
  bytes: number,
): Promise<{ readonly whole: number; readonly seen: string }> {
  const { realServers } = service
  const page = `head -c ${bytes} /dev/zero | tr '\\0' x >/var/www/html/large`
  await Promise.all(realServers.map(({ node }) => cluster.node(node).succeed(page)))
  const url = cluster.url(service, `/large?n=[1-${realServers.length}]`)
  const { stdout } = await cluster.client.run(
    `curl -s --max-time 8 -H 'Connection: close' -o /dev/null -w '%{http_code} %{size_download}\\n' '${url}'`,
    { timeoutMs: 30_000, pollMs: 20 },
  )
  const lines = stdout.trim().split('\n')
  return { whole: lines.filter((line) => line === `200 ${bytes}`).length, seen: lines.join('; ') }
}

export interface Posted {
  readonly exitCode: number
  /** 0 when no answer came. */
  readonly httpCode: number
  /** What the client believes of the way to the service, bytes. */
  readonly pathMtu: number
  readonly seen: string
}

/** Sends a request with a body; nginx refuses it for a static page, but it must have come for that. */
export async function post(
  cluster: Cluster,
  service: VirtualService,
  options: { readonly bytes: number; readonly maxTimeMs: number; readonly icmp: 'heard' | 'dropped' },
): Promise<Posted> {
  const { bytes, maxTimeMs, icmp } = options
  const rule = 'INPUT -p icmp -j DROP'
  const [before, afterwards] = icmp === 'dropped' ? [`iptables -A ${rule}`, `iptables -D ${rule}`] : ['true', 'true']
  const request = [
    `head -c ${bytes} /dev/zero | tr '\\0' x |`,
    // What comes on standard input has no "Expect: 100-continue" only below 1 MB; said here, as old curls wait for it.
    `curl -s --max-time ${maxTimeMs / 1000} -H 'Expect:' -o /dev/null -w '%{exitcode} %{http_code}\\n' --data-binary @-`,
    `'${cluster.url(service)}'`,
  ].join(' ')
  const stdout = await cluster.client.succeed(
    `ip route flush cache; ${before}; ${request}; ${afterwards}; ip route get ${service.address}`,
    { timeoutMs: maxTimeMs + 20_000, pollMs: 20 },
  )
  const [exitCode = Number.NaN, httpCode = 0] = (stdout.split('\n')[0] ?? '').split(' ').map(Number)
  const pathMtu = Number(/\bmtu (\d+)/.exec(stdout)?.[1] ?? 1500)
  const seen =
    httpCode > 0 ? `${bytes} bytes sent, HTTP ${httpCode}` : `curl exit code ${exitCode} after ${maxTimeMs} ms`
  return { exitCode, httpCode, pathMtu, seen }
}
