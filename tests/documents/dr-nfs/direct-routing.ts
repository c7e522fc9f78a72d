import { hopsOf } from '../../../src/fabric/index.ts'
import { strictRotation } from '../../../src/verdict/index.ts'
import { claim } from '../../support/claim.ts'
import { shares, witnessedShares } from '../../support/steps.ts'
import { directorAlone } from './director-alone.ts'
import { nameOf } from './lan.ts'

// One director without keepalived: who gets a request, and which way the answer goes.

claim('001-3', async (c) => {
  const { cluster, director, said } = await directorAlone(c)
  const version = await director.node.succeed('head -1 /proc/net/ip_vs')
  c.check('/proc/net/ip_vs says version 1.2.1', version === 'IP Virtual Server version 1.2.1 (size=4096)', version)
  const [service, ...others] = await director.table()
  c.check(
    'the table has one virtual service: rr, without persistence',
    service?.scheduler === 'rr' && service.flags === '' && others.length === 0,
    said,
  )
  const { address, port, realServers } = cluster.service
  c.check('for the VIP', service?.address === address && service.port === port, said)
  c.check(
    'both real servers are there as Route with weight 1',
    service?.realServers.length === realServers.length &&
      service.realServers.every(({ forwarding, weight }) => forwarding === 'DR' && weight === 1),
    said,
  )
  const answers = await witnessedShares(c, cluster, director, 20)
  const rotation = strictRotation(
    answers,
    realServers.map((server) => server.address),
  )
  c.share('the servers answer in turn', rotation)
  for (const server of realServers) {
    const value = answers.filter((one) => one === server.address).length
    await c.measure(cluster, { name: `answered by ${server.node}`, value, unit: 'requests', note: 'of 20' })
  }
})

claim('001-4', async (c) => {
  const { cluster, director } = await directorAlone(c)
  const { service, client, wire, vip } = cluster
  const since = cluster.clock.now()
  const { requests, failed } = await shares(cluster, 6)
  c.check('every request is answered', requests.length === 6 && failed === 0, `${failed} of 6 failed`)

  const tries = wire.handshakes({ dstIp: vip.address, dstPort: service.port, clientIp: client.address }, { since })
  const macs = requests.map(({ server }) => cluster.nodes.find(({ address }) => address === server)?.mac)
  const each = (says: (n: number) => boolean): boolean => tries.length === 6 && tries.every((_, n) => says(n))
  const segments = wire.segments({ since })
  const first = segments.filter(({ syn, ack, srcMac }) => syn && !ack && srcMac === client.mac)
  c.check(
    "each SYN goes to the director's MAC address",
    each((n) => first[n]?.dstMac === director.node.mac),
    first.map(({ dstMac }) => nameOf(cluster, dstMac)).join(' '),
  )
  c.check(
    'the director puts it on the wire again for the MAC address of the server that answers, and leaves the VIP in it',
    each((n) => {
      const [hop, ...more] = hopsOf(tries[n]!)
      const through = hop?.srcMac === director.node.mac && hop.dstMac === macs[n] && hop.dstIp === vip.address
      return through && more.length === 0
    }),
    tries.map(({ forwardedTo }) => nameOf(cluster, forwardedTo)).join(' '),
  )
  c.check(
    "the SYN-ACK's source is the VIP's address and the server's MAC address",
    each((n) => tries[n]!.answerSrcIp === vip.address && tries[n]!.answerMac === macs[n]),
    tries.map(({ answerSrcIp, answerMac }) => `${answerSrcIp} by ${nameOf(cluster, answerMac)}`).join(', '),
  )
  const answers = segments.filter(({ srcIp, srcPort }) => srcIp === vip.address && srcPort === service.port)
  const pages = answers.filter(({ http }) => http?.startsWith('HTTP/') === true)
  const directors = cluster.withRole('director').map(({ mac }) => mac)
  c.check(
    'so has each page, and it is sent to the client itself',
    pages.length === 6 && pages.every(({ srcMac, dstMac }, n) => srcMac === macs[n] && dstMac === client.mac),
    pages.map(({ srcMac }) => nameOf(cluster, srcMac)).join(' '),
  )
  c.check(
    'no answer passes a director',
    answers.length >= 12 &&
      answers.every(({ srcMac, dstMac }) => ![srcMac, dstMac].some((mac) => directors.includes(mac))),
    `${answers.length} segments of answers seen`,
  )
  await c.measure(cluster, { name: 'answers past the director', value: answers.length, unit: 'segments' })
})
