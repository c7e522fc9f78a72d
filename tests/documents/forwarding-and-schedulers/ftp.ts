import type { ClusterTime } from '../../../src/clock.ts'
import type { Cluster } from '../../../src/cluster/index.ts'
import { countByServer, curlCommand, parseCurlOutput, placeInTime } from '../../../src/load/index.ts'
import type { ClaimContext } from '../../../src/run/claim-context.ts'
import type { VirtualService } from '../../../src/topology/index.ts'
import { agree, natHidesRealServers, strictRotation } from '../../../src/verdict/index.ts'
import { claim } from '../../support/claim.ts'
import { EVERY_MODE, fetchByFtp, ftpCommand, parseFtp, serversOf, type FtpTransfer } from './ftp-client.ts'
import { dataSyns, passiveReplies, ways } from './ftp-wire.ts'
import { scheduled } from './kernel-counts.ts'

// Document 003: FTP through a director that forwards by NAT, with the kernel's "FTP protocol helper".

claim('003-ftp', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster, { except: [natHidesRealServers.name] })
  await withoutHelper(c, cluster)

  const director = cluster.director(cluster.the('director'))
  await director.node.succeed('modprobe ip_vs_ftp')
  c.always(cluster, natHidesRealServers)
  await director.zero()
  const service = ftpOf(cluster)
  const since = cluster.clock.now()
  const transfers = await fetchByFtp(cluster, service.address, EVERY_MODE)
  for (const { mode, sessions } of EVERY_MODE) {
    const done = transfers.filter((one) => one.mode === mode && one.exitCode === 0)
    c.check(`with the helper, ${mode} works in every session`, done.length === sessions.length, outcomes(transfers))
  }
  await checkSessions(c, cluster, transfers)

  const servers = service.realServers.map(({ address }) => address)
  const asVip = (ip: string): string => (servers.includes(ip) ? service.address : ip)
  const inner = dataSyns(cluster, 'inside', since)
  const outer = dataSyns(cluster, 'outside', since)
  c.check(
    'each data connection is seen on both sides: from or to the server inside, the VIP outside',
    inner.length === transfers.length && ways(inner, asVip).join() === ways(outer).join(),
    `inside ${ways(inner).join('; ')}; outside ${ways(outer).join('; ')}`,
  )
  const said = passiveReplies(cluster, 'inside', since).filter(({ address }) => address !== undefined)
  const heard = passiveReplies(cluster, 'outside', since).filter(({ address }) => address !== undefined)
  c.check(
    "in each 227 reply the server's address becomes the VIP, with the same port",
    said.length === 3 &&
      said.every(({ event, address, port }) => {
        const twin = heard.find((one) => one.event.dstPort === event.dstPort)
        return address === event.srcIp && twin?.address === service.address && twin.port === port
      }),
    `inside ${said.map(({ event }) => event.ftp).join('; ')}; outside ${heard.map(({ event }) => event.ftp).join('; ')}`,
  )
  const data = (await director.connectionTable()).filter(({ virtualPort }) => virtualPort !== service.port)
  const perServer = servers.map((ip) => data.filter(({ serverIp }) => serverIp === ip).length)
  c.check(
    'the kernel has each data connection at the server of its session',
    perServer.join() === servers.map((ip) => transfers.filter(({ server }) => server === ip).length).join(),
    perServer.join(', '),
  )
})

claim('003-both', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  c.always(cluster, natHidesRealServers)
  const director = cluster.director(cluster.the('director'))
  await director.zero()
  const web = cluster.topology.virtualServices.find(({ port, forwarding }) => port === 80 && forwarding === 'NAT')!
  const ftp = ftpOf(cluster)
  const load = curlCommand({ url: cluster.url(web), count: 6, maxTimeMs: 8_000 })
  const since = cluster.clock.now()
  // Pages go on until the files are there, and then end with a whole one: every count is exact. The files take 2 s.
  const stdout = await cluster.client.succeed(
    `rm -f /run/enough; ( while [ ! -e /run/enough ]; do ${load}; done ) >/run/web.log 2>&1 &
     while [ ! -s /run/web.log ]; do sleep 0.02; done
     ${ftpCommand(ftp.address, EVERY_MODE)} --rate 6/s; touch /run/enough; echo '=== web'; wait; cat /run/web.log`,
    { timeoutMs: 120_000, pollMs: 20 },
  )
  const [ftpPart = '', webPart = ''] = stdout.split('=== web\n')

  const transfers = parseFtp(ftpPart)
  const failures = transfers.filter(({ exitCode }) => exitCode !== 0)
  c.check('every file is fetched', transfers.length === 12 && failures.length === 0, outcomes(transfers))
  await checkSessions(c, cluster, transfers)

  const requests = placeInTime(parseCurlOutput(webPart), since, 0, new Map())
  const { served, failed } = countByServer(requests)
  const count = requests.length
  c.check('every page is served', count >= 6 && failed === 0, `${failed} of ${count} failed`)
  const rotation = strictRotation(
    requests.map(({ server }) => server ?? 'nobody'),
    web.realServers.map(({ address }) => address),
  )
  c.share('the web servers take turns', rotation)
  const both = agree(served, await scheduled(director, web, count))
  c.share('client and kernel count the same pages', both)

  const sessions = handshakesAt(cluster, ftp, since)
  const last = dataSyns(cluster, 'outside', since).at(-1)?.at ?? since
  const meanwhile = handshakesAt(cluster, web, since).filter((at) => at > sessions[0]! && at < last)
  await c.measure(cluster, {
    name: 'pages begun between the first FTP session and the last file',
    value: meanwhile.length,
    unit: 'requests',
    note: `${sessions.length} sessions with ${transfers.length} files`,
  })
  c.check('both were used at once', meanwhile.length >= 2, `${meanwhile.length} requests meanwhile`)
})

function ftpOf(cluster: Cluster): VirtualService {
  return cluster.topology.virtualServices.find(({ port }) => port === 21)!
}

function outcomes(transfers: readonly FtpTransfer[]): string {
  return transfers.map(({ mode, session, server, exitCode }) => `${mode} ${session} ${server ?? exitCode}`).join(', ')
}

function handshakesAt(cluster: Cluster, { address, port }: VirtualService, since: ClusterTime): ClusterTime[] {
  return cluster.wire.handshakes({ dstIp: address, dstPort: port }, { since }).map(({ synAt }) => synAt)
}

/** Sessions go to the servers in turn, by both witnesses, and a session's files come from one server. */
async function checkSessions(c: ClaimContext, cluster: Cluster, transfers: readonly FtpTransfer[]): Promise<void> {
  const service = ftpOf(cluster)
  const sessions = serversOf(transfers)
  const rotation = strictRotation(
    sessions,
    service.realServers.map(({ address }) => address),
  )
  c.share('FTP sessions go to the servers in turn, each to one', rotation)
  const counts = new Map(service.realServers.map(({ address }) => [address, 0]))
  for (const server of sessions) counts.set(server, (counts.get(server) ?? 0) + 1)
  const kernel = await scheduled(cluster.director(cluster.the('director')), service, sessions.length)
  const both = agree(counts, kernel)
  c.share('client and kernel count the same sessions', both)
}

/** The helper is unloaded before anybody used it: a module that a connection uses stays. */
async function withoutHelper(c: ClaimContext, cluster: Cluster): Promise<void> {
  const service = ftpOf(cluster)
  const { client } = cluster
  const director = cluster.the('director')
  await director.succeed('rmmod ip_vs_ftp')
  c.say('FTP without the helper')
  const since = cluster.clock.now()
  const [passive] = await fetchByFtp(cluster, service.address, [{ mode: 'EPSV', sessions: ['p'] }])
  c.check('passive fails without the helper', passive?.exitCode === REFUSED, `curl exit code ${passive?.exitCode}`)
  const replies = passiveReplies(cluster, 'outside', since)
  const told = replies.find(({ address }) => address !== undefined)
  c.check(
    "the 227 reply has the server's private address unchanged",
    told?.address !== undefined && service.realServers.some(({ address }) => address === told.address),
    told?.event.ftp,
  )
  const resets = cluster.wire
    .within({ since })
    .filter((event) => event.type === 'tcp' && event.rst && event.cable === director.cable('eth0'))
  c.check(
    'the client tries the ports of 229 and 227 at the VIP, which no service has, and the director refuses both',
    replies.length === 2 &&
      ways(dataSyns(cluster, 'outside', since)).length === 2 &&
      replies.every(({ port }) => resets.some((event) => event.type === 'tcp' && event.srcPort === port)),
    `replies ${replies.map(({ event }) => event.ftp).join('; ')}; tried ${ways(dataSyns(cluster, 'outside', since)).join('; ')}`,
  )

  const maxTimeMs = 2_000
  const [active] = await fetchByFtp(cluster, service.address, [{ mode: 'EPRT', sessions: ['a'] }], maxTimeMs)
  c.waited(maxTimeMs)
  const bare = dataSyns(cluster, 'outside', since).filter(({ srcIp }) => srcIp !== client.address)
  // The server would repeat its SYN for a minute, into what follows: its session ends now, its listener stays.
  await Promise.all(
    service.realServers.map(({ node }) =>
      cluster.node(node).succeed(
        `main=$(systemctl show --property MainPID --value vsftpd)
         for pid in $(cat /sys/fs/cgroup/system.slice/vsftpd.service/cgroup.procs); do
           [ $pid = $main ] || kill -9 $pid || true
         done`,
      ),
    ),
  )
  c.finding(
    `Without the helper active FTP ${active?.exitCode === 0 ? 'works' : 'fails too'}: the director routes the server's SYN as it is, and the client gets it from the private address ${bare[0]?.srcIp ?? '(none seen)'}, port ${bare[0]?.srcPort ?? '-'}, to which it has no way back`,
    `curl exit code ${active?.exitCode} after ${maxTimeMs} ms; ${bare.length} SYNs seen outside`,
  )
  c.finding(
    "What passive FTP needs of the helper is the data connection more than the address: curl (7.74 and later) does not believe 227's address and asks the control connection's, and EPSV has no address at all; both fail all the same, since the director knows no such port",
    `curl exit code ${passive?.exitCode}`,
  )
}

/** curl(1), EXIT CODES. */
const REFUSED = 7
