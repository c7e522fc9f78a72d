import type { Node } from '../../../src/cluster/index.ts'
import type { EventMatcher, WireEvent } from '../../../src/fabric/index.ts'
import { claim } from '../../support/claim.ts'
import { shares } from '../../support/steps.ts'
import { directorAlone } from './director-alone.ts'
import { arps, askWhoHas, isBroadcast, nameOf, nicOf } from './lan.ts'

// One director without keepalived: who answers ARP for the VIP, and what comes of more than one that does.

claim('001-5', async (c) => {
  const { cluster, director } = await directorAlone(c)
  const { client, wire, vip } = cluster
  const webs = cluster.withRole('real-server')
  const since = cluster.clock.now()
  c.say('asking three times who has the VIP')
  await askWhoHas(client, vip.address, 3)
  c.waited(2_000)
  await wire.catchUp()
  const asked = arps(cluster, since).filter(
    ({ operation, targetIp, senderMac }) =>
      operation === 'request' && targetIp === vip.address && senderMac === client.mac,
  )
  // arping with a deadline wants three answers, and asks once more where one of them came late: the answer to that may be
  // under way yet.
  const match = ({ type }: WireEvent): boolean =>
    type === 'arp' && wire.arpAnswers(vip.address, { since }).length >= asked.length
  await wire.waitFor(match, { since, timeoutMs: 1_000 }).catch(() => undefined)
  const answers = wire.arpAnswers(vip.address, { since })
  c.check('everybody was asked, three times', asked.filter(isBroadcast).length >= 3, `${asked.length} requests`)
  c.check(
    'each request has one answer, the director’s',
    answers.length === asked.length && answers.every(({ senderMac }) => senderMac === director.node.mac),
    answers.map(({ senderMac }) => nameOf(cluster, senderMac)).join(' '),
  )
  await c.measure(cluster, {
    name: 'answerers',
    value: new Set(answers.map((one) => one.senderMac)).size,
    unit: 'nodes',
  })

  // arp_announce=2: a real server that must ask for the client's MAC address does so in its own name.
  const serving = cluster.clock.now()
  await Promise.all(webs.map((node) => node.succeed(`ip neigh flush dev ${nicOf(node)}`)))
  const { failed } = await shares(cluster, 2)
  c.check('requests are answered', failed === 0)
  const questions = arps(cluster, serving).filter(
    ({ operation, senderMac, targetIp }) =>
      operation === 'request' && targetIp === client.address && webs.some(({ mac }) => mac === senderMac),
  )
  c.check(
    'a real server that asks for the client gives its own address, not the VIP, as the sender',
    questions.length >= webs.length &&
      questions.every(({ senderIp, senderMac }) =>
        webs.some((node) => node.mac === senderMac && node.address === senderIp),
      ),
    questions.map(({ senderIp, senderMac }) => `${nameOf(cluster, senderMac)} as ${senderIp}`).join(', '),
  )
})

claim('001-6', async (c) => {
  const { cluster, director } = await directorAlone(c, 'unhealthy')
  const { client, service, wire, vip } = cluster
  const webs = cluster.withRole('real-server')
  const settings = ['all', 'lo', ...webs.slice(0, 1).map(nicOf)].flatMap((nic) =>
    ['arp_ignore', 'arp_announce'].map((name) => `net.ipv4.conf.${nic}.${name}=0`),
  )
  await Promise.all(webs.map((node) => node.succeed(`sysctl -q -w ${settings.join(' ')}`)))

  const asking = cluster.clock.now()
  await askWhoHas(client, vip.address, 1)
  // arping leaves with the first answer.
  const answer = ({ name, mac }: Node): EventMatcher => ({
    description: `an answer of ${name} for ${vip.address}`,
    match: (event) =>
      event.type === 'arp' && event.operation === 'reply' && event.senderMac === mac && event.senderIp === vip.address,
  })
  const coming = [director.node, ...webs].map((node) => wire.waitFor(answer(node), { since: asking, timeoutMs: 3_000 }))
  await Promise.allSettled(coming)
  const answers = wire.arpAnswers(vip.address, { since: asking })
  for (const node of [director.node, ...webs]) {
    const count = answers.filter(({ senderMac }) => senderMac === node.mac).length
    c.check(`${node.name} answers for the VIP`, count === 1, `${count} answers to one request`)
  }
  const answerers = new Set(answers.map(({ senderMac }) => senderMac))
  const order = answers.map(({ senderMac }) => nameOf(cluster, senderMac)).join(' ')
  await c.measure(cluster, { name: 'answerers', value: answerers.size, unit: 'nodes', note: `in this order: ${order}` })

  // The second half: a real server that does not know the client's MAC address asks for it in the VIP's name, and the
  // client believes the question, whoever it had taken for the owner until then.
  await shares(cluster, 1)
  await Promise.all(webs.map((node) => node.succeed(`ip neigh flush dev ${nicOf(node)}`)))
  const since = cluster.clock.now()
  await shares(cluster, 1)
  const claimed = arps(cluster, since).find(
    ({ operation, senderIp, targetIp }) =>
      operation === 'request' && senderIp === vip.address && targetIp === client.address,
  )
  const thief = webs.find(({ mac }) => mac === claimed?.senderMac)
  c.check(
    'a real server asks for the client with the VIP as the sender',
    thief !== undefined,
    claimed === undefined ? 'no such request' : nameOf(cluster, claimed.senderMac),
  )
  const entry = await client.succeed(`ip neigh show ${vip.address} dev ${nicOf(client)}`)
  c.check("and the client's entry for the VIP is that server's then", entry.includes(thief?.mac ?? 'none'), entry)

  const straying = cluster.clock.now()
  const { requests, served } = await shares(cluster, 6)
  const syns = wire
    .segments({ since: straying })
    .filter(({ syn, ack, srcMac, dstIp }) => syn && !ack && srcMac === client.mac && dstIp === vip.address)
  const tries = wire.handshakes(
    { dstIp: vip.address, dstPort: service.port, clientIp: client.address },
    { since: straying },
  )
  c.check(
    'SYNs go straight to the real server',
    syns.length === 6 && syns.every(({ dstMac }) => dstMac === thief?.mac),
    syns.map(({ dstMac }) => nameOf(cluster, dstMac)).join(' '),
  )
  c.check('nobody forwards them', tries.length === 6 && tries.every(({ forwarded }) => forwarded.length === 0))
  c.check(
    'that server answers them all, and the other none: nothing is balanced',
    requests.length === 6 && served.get(thief?.address ?? '') === 6,
    [...served].map(([server, count]) => `${server}: ${count}`).join(', '),
  )
  const ports = new Set(tries.map(({ srcPort }) => srcPort))
  const known = (await director.connectionTable()).filter(({ clientPort }) => ports.has(clientPort))
  c.check("the director's kernel knows none of the connections", known.length === 0, `${known.length} of 6`)
  await c.measure(cluster, { name: 'requests past the director', value: syns.length, unit: 'requests', note: 'of 6' })
})
