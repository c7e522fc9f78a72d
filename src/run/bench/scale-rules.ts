import type { ServerPlan } from './clusters.ts'

/** One point of the scale section: how many virtual services of how many real servers each. */
export interface Size {
  readonly axis: 'services' | 'servers'
  readonly services: number
  readonly servers: number
}

/** Two machines have the real servers. */
const USUAL_SERVERS = 2

export const SERVICE_SIZES = [1, 10, 100, 1000] as const
export const SERVER_SIZES = [1, 4, 16, 64] as const

export const FULL_SIZES: readonly Size[] = [...SERVICE_SIZES.map(servicesOf), ...SERVER_SIZES.map(serversOf)]
/** The ends only. */
export const QUICK_SIZES: readonly Size[] = [1, 1000].map(servicesOf).concat([1, 64].map(serversOf))

export function servicesOf(services: number): Size {
  return { axis: 'services', services, servers: USUAL_SERVERS }
}

export function serversOf(servers: number): Size {
  return { axis: 'servers', services: 1, servers }
}

/** "1,000 virtual services", "1 real server". */
export function sizeName({ axis, ...size }: Size): string {
  const count = size[axis]
  return `${count.toLocaleString('en')} ${axis === 'services' ? 'virtual service' : 'real server'}${count === 1 ? '' : 's'}`
}

/** Where the services that only fill the table begin. */
const BALLAST_PORT = 10_001

/** What `ipvsadm -R` reads: the service that is asked first, then those that only lie in the table. wlc, the usual one, looks at every server. */
export function ipvsRules(vip: string, size: Size, servers: readonly ServerPlan[]): string {
  const ports = [80, ...Array.from({ length: size.services - 1 }, (_, index) => BALLAST_PORT + index)]
  const of = servers.slice(0, size.servers)
  return ports
    .flatMap((port) => [
      `-A -t ${vip}:${port} -s wlc`,
      ...of.map(({ address }) => `-a -t ${vip}:${port} -r ${address}:${port} -g -w 1`),
    ])
    .map((line) => `${line}\n`)
    .join('')
}

export interface DirectorConf {
  readonly vip: string
  readonly interface: string
  readonly vrid: number
  readonly priority: number
  readonly size: Size
  readonly servers: readonly ServerPlan[]
}

/**
 * keepalived.conf of one director. The servers of the service that is asked are checked every 6 s as in document 004; the
 * services that only fill the table have no checkers.
 */
export function keepalivedConf({ vip, vrid, priority, size, servers, ...conf }: DirectorConf): string {
  const of = servers.slice(0, size.servers)
  const check = 'HTTP_GET { url { path / status_code 200 } connect_timeout 1 }'
  const service = (port: number, checker: string): string =>
    [
      `virtual_server ${vip} ${port} {`,
      '  delay_loop 6\n  lb_algo wlc\n  lb_kind DR\n  protocol TCP',
      ...of.map(({ address }) => `  real_server ${address} ${port} {\n    weight 1\n    ${checker}\n  }`),
      '}',
    ].join('\n')
  const ballast = Array.from({ length: size.services - 1 }, (_, index) => service(BALLAST_PORT + index, ''))
  return [
    `vrrp_instance bench {\n  state BACKUP\n  interface ${conf.interface}\n  virtual_router_id ${vrid}`,
    `  priority ${priority}\n  advert_int 1\n  virtual_ipaddress {\n    ${vip}/24 dev ${conf.interface}\n  }\n}`,
    // keepalived wants a block on lines of its own.
    ...[service(80, check), ...ballast].map((text) => text.replaceAll(/ ?([{}]) ?/g, ' $1\n')),
    '',
  ].join('\n')
}
