import t from 'tap'
import { parseIpvsStats, parseIpvsTable } from '../../../src/cluster/index.ts'

const TABLE = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.168.88.100:80 wlc
  -> 192.168.88.10:80             Route   3      0          12
  -> 192.168.88.11:80             Route   0      2          0
TCP  10.0.0.1:21 rr persistent 6
  -> 10.10.10.11:21               Masq    1      0          0
FWM  5 sh
  -> 10.0.1.1:0                   Tunnel  1      0          0
UDP  10.0.0.1:53 rr ops
`

void t.test('a table becomes services with their real servers', async (t) => {
  const [web, ftp, mark, dns] = parseIpvsTable(TABLE)
  t.match(web, { protocol: 'TCP', address: '192.168.88.100', port: 80, scheduler: 'wlc', flags: '' })
  t.strictSame(web?.realServers, [
    { address: '192.168.88.10', port: 80, forwarding: 'DR', weight: 3, activeConnections: 0, inactiveConnections: 12 },
    { address: '192.168.88.11', port: 80, forwarding: 'DR', weight: 0, activeConnections: 2, inactiveConnections: 0 },
  ])
  t.match(ftp, { flags: 'persistent 6', realServers: [{ forwarding: 'NAT' }] })
  t.match(mark, { protocol: 'FWM', address: '5', port: 0, realServers: [{ forwarding: 'TUN' }] })
  t.match(dns, { protocol: 'UDP', flags: 'ops', realServers: { length: 0 } })
})

void t.test('an empty table has no services', async (t) => {
  t.strictSame(parseIpvsTable(TABLE.split('\n').slice(0, 3).join('\n')), [])
})

void t.test('statistics give connections by service and server', async (t) => {
  const counts = parseIpvsStats(`IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  192.168.88.100:80                  60      300        0    19920        0
  -> 192.168.88.10:80                   31      155        0    10292        0
  -> 192.168.88.11:80                   29      145        0     9628        0
`)
  t.equal(counts.get('192.168.88.100:80'), 60)
  t.equal(counts.get('192.168.88.100:80 192.168.88.10:80'), 31)
  t.equal(counts.get('192.168.88.100:80 192.168.88.11:80'), 29)
})
