import { addressOfHex } from './hex-address.ts'

/** A connection in the kernel's table. */
export interface IpvsConnection {
  readonly protocol: string
  readonly clientIp: string
  /** 0 for a template of persistence: it stands for all connections of the client. */
  readonly clientPort: number
  readonly virtualIp: string
  readonly virtualPort: number
  readonly serverIp: string
  readonly serverPort: number
  /** "ESTABLISHED", "FIN_WAIT", …; "NONE" for a template. */
  readonly state: string
  /** Seconds until the kernel forgets it. */
  readonly expiresS: number
}

/**
 * Reads /proc/net/ip_vs_conn: a line per connection with protocol, client, virtual service and real server, addresses and
 * ports in hexadecimal, state and expiry in seconds (ip_vs_conn.c, ip_vs_conn_seq_show).
 */
export function parseIpvsConnections(text: string): IpvsConnection[] {
  const line = /^(\w+)\s+(\w{8}) (\w{4}) (\w{8}) (\w{4}) (\w{8}) (\w{4}) (\w+)\s+(\d+)/gm
  return [...text.matchAll(line)].map(
    ([, protocol = '', client = '', clientPort = '', vip = '', vport = '', server = '', port = '', state = '', s]) => ({
      protocol,
      clientIp: addressOfHex(client),
      clientPort: Number.parseInt(clientPort, 16),
      virtualIp: addressOfHex(vip),
      virtualPort: Number.parseInt(vport, 16),
      serverIp: addressOfHex(server),
      serverPort: Number.parseInt(port, 16),
      state,
      expiresS: Number(s),
    }),
  )
}
