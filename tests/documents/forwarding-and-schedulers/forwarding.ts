import type { Cluster } from '../../../src/cluster/index.ts'
import { hopsOf, type Handshake, type TcpEvent } from '../../../src/fabric/index.ts'
import { burst, countByServer, type Request } from '../../../src/load/index.ts'
import type { ClaimContext } from '../../../src/run/claim-context.ts'
import type { VirtualService } from '../../../src/topology/index.ts'
import { agree, natHidesRealServers, strictRotation } from '../../../src/verdict/index.ts'
import { claim } from '../../support/claim.ts'
import { scheduled } from './kernel-counts.ts'
import { largePages, post } from './large.ts'

// Document 003, section 2: one director, three ways to forward.

claim('003-nat', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  c.always(cluster, natHidesRealServers)
  const service = webBy(cluster, 'NAT')
  const { requests, tries } = await balanced(c, cluster, service, 12)
  const director = cluster.the('director')
  c.check(
    'inside, each SYN goes to the server that answered, by its own address, from the client',
    tries.every((one) => {
      const [inner, ...more] = hopsOf(one)
      const request = requests.find(({ localPort }) => localPort === one.srcPort)
      return more.length === 0 && inner?.network === 'inside' && inner.dstIp === request?.server && one.clientIp !== ''
    }),
    tries.map(({ forwarded }) => forwarded.map(({ network, dstIp }) => `${network} ${dstIp}`).join()).join('; '),
  )
  c.check(
    "outside, each answer comes from the VIP, by the director's cable",
    tries.every(
      ({ answerSrcIp, answerCable }) => answerSrcIp === service.address && answerCable === director.cable('eth0'),
    ),
  )
  const pages = service.realServers.flatMap(({ address }) =>
    cluster.wire.httpAnswers({ srcIp: address, network: 'inside' }),
  )
  const outside = cluster.wire.httpAnswers({ srcIp: service.address, network: 'outside' })
  c.check(
    'every page passes the director, whose address it then bears',
    pages.length === requests.length && outside.length === requests.length,
    `${pages.length} inside, ${outside.length} outside`,
  )
})

claim('003-tun', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const service = webBy(cluster, 'TUN')
  const director = cluster.the('director')
  const router = cluster.the('router')
  const { requests, tries } = await balanced(c, cluster, service, 8)

  const serverOf = ({ srcPort }: Handshake): string | undefined =>
    requests.find(({ localPort }) => localPort === srcPort)?.server
  c.check(
    "each SYN goes to the router and on to the server inside a packet from the director's address to the server's",
    tries.every((one) => {
      const hops = hopsOf(one).map(({ cable, tunnel }) => `${cable} ${tunnel?.srcIp ?? ''} ${tunnel?.dstIp ?? ''}`)
      const outer = `${director.address} ${serverOf(one) ?? 'nobody'}`
      return hops.join() === [`${director.cable('eth0')} ${outer}`, `${router.cable('eth1')} ${outer}`].join()
    }),
    tries[0]?.forwarded.map(({ cable, tunnel }) => `${cable} ${JSON.stringify(tunnel)}`).join('; '),
  )
  c.check(
    'within, it is as the client wrote it',
    cluster.wire
      .forwardedTunnels({ outerSrcIp: director.address })
      .every(({ srcIp, dstIp }) => srcIp === cluster.client.address && dstIp === service.address),
  )
  const answers = cluster.wire.httpAnswers({ srcIp: service.address, network: 'outside' })
  c.check(
    'the answers come from the VIP without a tunnel, and the client gets them from the router',
    answers.length === requests.length &&
      answers.every(({ tunnel, srcMac, dstMac }) => {
        return tunnel === undefined && srcMac === router.mac && dstMac === cluster.client.mac
      }),
    `${answers.length} answers`,
  )

  c.say('large pages and uploads')
  const pages = await largePages(cluster, service, 100_000)
  c.check('pages of 100 kB come whole from both servers', pages.whole === 2, pages.seen)
  const silent = await post(cluster, service, { bytes: 8_000, maxTimeMs: 2_500, icmp: 'dropped' })
  c.waited(2_500)
  const since = cluster.clock.now()
  const told = await post(cluster, service, { bytes: 8_000, maxTimeMs: 6_000, icmp: 'heard' })
  const needed = cluster.wire
    .within({ since })
    .filter(({ type }) => type === 'icmp')
    .filter((event) => event.type === 'icmp' && event.icmpType === 3 && event.icmpCode === 4)
  c.check('an upload of 8 kB is answered', told.httpCode > 0, told.seen)
  c.check(
    'because the director tells the client (ICMP: fragmentation needed) to leave room for the outer header',
    needed.length > 0 && told.pathMtu === MTU - OUTER_HEADER,
    `${needed.length} messages; the client's path MTU is ${told.pathMtu}`,
  )
  c.check('a client that does not hear it is not answered', silent.exitCode === TIMED_OUT, silent.seen)
  c.finding(
    `The document is silent about the tunnel's own ${OUTER_HEADER} bytes. Answers are not concerned, however large; what the client sends is: ` +
      `a full segment does not fit, and the director answers ICMP "fragmentation needed, MTU ${told.pathMtu}" from the VIP. ` +
      'Where a firewall drops ICMP, small requests work and uploads hang',
    `with ICMP: ${told.seen}; without: ${silent.seen}`,
  )
  // Last, so that the uploads are looked at too.
  const passed = cluster.wire
    .within({})
    .filter((event): event is TcpEvent => event.type === 'tcp' && event.srcIp === service.address)
    .filter(({ srcMac, dstMac }) => director.spec.interfaces.some(({ mac }) => mac === srcMac || mac === dstMac))
  c.check('no answer of the VIP passes the director', passed.length === 0, `${passed.length} did`)
})

claim('003-dr', async (c) => {
  const cluster = await c.boot({ needs: ['every-frame'] })
  c.alwaysHealthy(cluster)
  const service = webBy(cluster, 'DR')
  const director = cluster.the('director')
  const { requests, tries } = await balanced(c, cluster, service, 8)
  const syns = cluster.wire.segments().filter(({ syn, ack, dstIp }) => syn && !ack && dstIp === service.address)
  c.check(
    'the director sends each SYN on as it came: addresses, ports and sequence number are the same',
    tries.every(({ srcPort, clientCable }) => {
      const [first, second, ...more] = syns.filter((syn) => syn.srcPort === srcPort)
      const isPassed = first?.cable === clientCable && second?.cable === director.cable() && more.length === 0
      return isPassed && written(first) === written(second)
    }),
    syns.slice(0, 2).map(written).join('; '),
  )
  c.check(
    "only the MAC addresses are others: from the director's to the server's that answers",
    tries.every(({ srcPort, forwarded }) => {
      const server = cluster.nodeByMac(forwarded[0]?.dstMac)?.address
      return (
        forwarded[0]?.srcMac === director.mac &&
        server === requests.find(({ localPort }) => localPort === srcPort)?.server
      )
    }),
  )

  c.say('a DR server behind a router')
  const far = cluster.node('tun-1')
  await far.succeed(`ip address add ${service.address}/32 dev lo`)
  const key = `-t ${service.address}:${service.port}`
  const near = service.realServers.map(({ address, port }) => `ipvsadm -d ${key} -r ${address}:${port}`)
  await director.succeed([...near, `ipvsadm -a ${key} -r ${far.address}:${service.port} -g`].join(' && '))
  const since = cluster.clock.now()
  // A SYN is repeated after 1 s and again after 3 (RFC 6298 section 2).
  const maxTimeMs = 2_000
  const lost = await burst(cluster, cluster.client, { url: cluster.url(service), count: 1, maxTimeMs })
  c.waited(maxTimeMs)
  c.check('a DR server behind a router is not reached', lost.length === 1 && !lost[0]!.ok, serversSeen(lost))
  const strays = cluster.wire.framesWith({ ip: service.address, network: 'remote' }, { since })
  c.check('no packet for the VIP is in its network', strays.length === 0, `${strays.length} frames`)
  const ttl = Number(await cluster.client.succeed('sysctl -n net.ipv4.ip_default_ttl'))
  const attempt = (): Handshake | undefined =>
    cluster.wire.handshakes({ dstIp: service.address, dstPort: service.port }, { since })[0]
  // curl has ended, but its last SYN may still go round.
  const match = (): boolean => (attempt()?.forwarded.length ?? 0) >= (attempt()?.synCount ?? 0) * (ttl - 1)
  const loops = { description: 'the last crossing of the last SYN', match }
  await cluster.wire.waitFor(loops, { since, timeoutMs: 3_000 }).catch(() => undefined)
  await cluster.wire.catchUp()
  const { synCount: sent = 0, forwarded = [] } = attempt() ?? {}
  const crossings = forwarded.length / sent
  await c.measure(cluster, { name: 'times that one SYN was sent on', value: crossings, unit: 'frames' })
  c.check(
    'the router sends it back to the director, who has the VIP, and so on until its time to live is over',
    crossings === ttl - 1,
    `each of ${sent} SYNs was sent on ${crossings} times; time to live ${ttl}`,
  )

  await director.succeed(`ipvsadm -e ${key} -r ${far.address}:${service.port} -i`)
  const reached = await burst(cluster, cluster.client, { url: cluster.url(service), count: 1, maxTimeMs: 5_000 })
  c.check('by TUN, with nothing else changed, it is', reached[0]?.server === far.address, serversSeen(reached))
  c.finding(
    `A DR server behind a router is worse than not reached: the router finds the VIP at the director and sends each packet back, so one SYN crosses the network ${crossings} times before its time to live of ${ttl} ends the loop`,
    `the director takes one from the time to live too: strictly, it rewrites more than the MAC`,
  )
})

/** Ethernet's (RFC 894), and an IPv4 header without options. */
const MTU = 1500
const OUTER_HEADER = 20

/** curl(1), EXIT CODES. */
const TIMED_OUT = 28

function webBy(cluster: Cluster, method: VirtualService['forwarding']): VirtualService {
  return cluster.topology.virtualServices.find(({ forwarding, port }) => forwarding === method && port === 80)!
}

/** Requests one after another to a service with rr: who answered, by both witnesses, and the handshakes on the wire. */
async function balanced(
  c: ClaimContext,
  cluster: Cluster,
  service: VirtualService,
  count: number,
): Promise<{ requests: Request[]; tries: Handshake[] }> {
  const director = cluster.director(cluster.the('director'))
  await director.zero()
  const requests = await burst(cluster, cluster.client, { url: cluster.url(service), count, maxTimeMs: 3_000 })
  const { served, failed } = countByServer(requests)
  c.check('every request is answered', requests.length === count && failed === 0, `${failed} of ${count} failed`)
  const rotation = strictRotation(
    requests.map(({ server }) => server ?? 'nobody'),
    service.realServers.map(({ address }) => address),
  )
  c.share('by the servers in turn', rotation)
  const both = agree(served, await scheduled(director, service, count))
  c.share('client and kernel count the same', both)
  const tries = cluster.wire.handshakes({ dstIp: service.address, dstPort: service.port })
  c.check('the wire shows a handshake for each', tries.length === count, `${tries.length}`)
  return { requests, tries }
}

function serversSeen(requests: readonly Request[]): string {
  return requests.map(({ server, exitCode }) => server ?? `curl exit code ${exitCode}`).join(', ')
}

function written({ srcIp, srcPort, dstIp, dstPort, seq }: TcpEvent): string {
  return `${srcIp}:${srcPort} > ${dstIp}:${dstPort}, sequence number ${seq}`
}
