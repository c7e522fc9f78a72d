import { burst, countByServer } from '../../src/load/index.ts'
import {
  exactly,
  natHidesRealServers,
  newScheduler,
  replay,
  strictRotation,
  tableOrder,
} from '../../src/verdict/index.ts'
import { claim } from '../support/claim.ts'
import { shares, witnessedShares } from '../support/steps.ts'

// Document 002, section 2: one director that forwards by NAT, set up by a script, without keepalived.

const SCRIPT = '/usr/local/sbin/lvs_nat.sh'

/** The InActConn of the document's own listing. */
const DOCUMENTED: Readonly<Record<string, number>> = { rs1: 26, rs2: 13 }

claim('002-1', async (c) => {
  const cluster = await c.boot()
  c.always(cluster, natHidesRealServers)
  const { service, client } = cluster
  const director = cluster.director(cluster.the('director'))
  // What the document's reader does with an editor.
  await director.node.succeed(`sed -i 's/-s wlc/-s rr/' ${SCRIPT} && ${SCRIPT}`)

  const since = cluster.clock.now()
  const answers = await witnessedShares(c, cluster, director, 20)
  const rotation = strictRotation(
    answers,
    service.realServers.map(({ address }) => address),
  )
  c.share('the servers answer in turn', rotation)
  const tries = cluster.wire.handshakes(
    { dstIp: service.address, dstPort: service.port, clientIp: client.address },
    { since },
  )
  c.check(
    "the director writes the real server's address into each SYN",
    tries.length === answers.length && tries.every(({ forwarded }, n) => forwarded.at(-1)?.dstIp === answers[n]),
    `${tries.length} SYNs, forwarded to ${tries.map(({ forwarded }) => forwarded.at(-1)?.dstIp ?? 'nobody').join(' ')}`,
  )
  c.check(
    'and its own into each answer',
    tries.every(({ answerSrcIp, answerMac }) => answerSrcIp === service.address && answerMac === director.node.mac),
  )
})

claim('002-2', async (c) => {
  const cluster = await c.boot()
  c.always(cluster, natHidesRealServers)
  const { realServers } = cluster.service
  const director = cluster.director(cluster.the('director'))
  const count = DOCUMENTED.rs1! + DOCUMENTED.rs2!
  const answers = await witnessedShares(c, cluster, director, count)

  // Nobody has asked before, so the kernel's rule (ip_vs_wlc.c) leaves one sequence only.
  const servers = tableOrder(realServers).map((server) => ({ ...server, name: server.address, active: 0, inactive: 0 }))
  const expected = replay(newScheduler('wlc'), servers, [{ do: 'probe', times: count }])
  const wrong = answers.findIndex((server, n) => server !== expected[n])
  const detail =
    wrong < 0
      ? answers.slice(0, 6).join(' ')
      : `request ${wrong + 1}: ${expected[wrong]} expected, not ${answers[wrong]}`
  const sequence = exactly('exact sequence (model of ip_vs_wlc.c)', { ok: wrong < 0, detail })
  c.share("each request goes where the kernel's rule says", sequence)
  const table = (await director.table())[0]?.realServers ?? []
  for (const { node, address, weight } of realServers) {
    const documented = DOCUMENTED[node]
    const byClient = answers.filter((server) => server === address).length
    const entry = table.find((server) => server.address === address)
    c.check(
      `${node} has the weight ${weight}, and answers ${documented} of ${count} as the document counts`,
      entry?.weight === weight && byClient === documented,
      `weight ${entry?.weight}, ${byClient} of ${count}`,
    )
    c.check(
      `ipvsadm shows them for ${node} as inactive connections`,
      entry?.activeConnections === 0 && entry.inactiveConnections === documented,
      `ActiveConn ${entry?.activeConnections}, InActConn ${entry?.inactiveConnections}`,
    )
    await c.measure(cluster, {
      name: `answered by ${node}`,
      value: byClient,
      unit: 'requests',
      note: `${entry?.connections} connections scheduled by the kernel, InActConn ${entry?.inactiveConnections}`,
    })
  }
  c.finding(
    'the first request goes to the server that the script adds last: where the loads are equal wlc takes the first of its list, and a new server is put at its head',
    `the sequence is ${answers.slice(0, 6).join(' ')} …`,
  )
})

claim('002-3', async (c) => {
  const cluster = await c.boot()
  const { client } = cluster
  const director = cluster.director(cluster.the('director'))
  for (const { name, address } of cluster.withRole('real-server')) {
    const since = cluster.clock.now()
    const { served, failed } = countByServer(await burst(cluster, client, { url: `http://${address}/`, count: 3 }))
    c.check(
      `${name} answers with its own page`,
      failed === 0 && served.get(address) === 3,
      [...served].map(([server, count]) => `${server}: ${count}`).join(', ') + `; failed: ${failed}`,
    )
    const tries = cluster.wire.handshakes({ dstIp: address, dstPort: 80, clientIp: client.address }, { since })
    c.check(
      `through the director, which does not hide ${name} behind its own address`,
      tries.length === 3 &&
        tries.every(({ answerSrcIp, forwarded }) => answerSrcIp === address && forwarded.at(-1)?.dstIp === address) &&
        cluster.wire
          .framesWith({ ip: address, network: client.spec.interfaces[0]!.network }, { since })
          .some(({ type }) => type === 'tcp'),
      `${tries.length} handshakes, answered by ${tries.map(({ answerSrcIp }) => answerSrcIp ?? 'nobody').join(', ')}`,
    )
  }
  const scheduled = await director.connectionTable()
  c.check('IPVS has no part in it', scheduled.length === 0, `${scheduled.length} connections in its table`)
  await shares(cluster, 3)
  // One with port 0 is a template of persistence.
  const after = (await director.connectionTable()).filter(({ clientPort }) => clientPort !== 0)
  c.check('which counts what is asked of the virtual service', after.length === 3, `${after.length} connections`)
  const rule = await director.node.succeed('iptables -t nat -nvxL POSTROUTING | grep MASQUERADE')
  const [masqueraded] = rule.trim().split(/\s+/)
  c.check("none of these packets is the MASQUERADE rule's business", masqueraded === '0', rule.trim())
  const since = cluster.clock.now()
  await cluster.the('real-server').succeed(`ping -c 1 -W 10 ${client.address}`)
  await cluster.wire.catchUp()
  const outside = cluster.wire
    .framesWith({ ip: client.address, network: client.spec.interfaces[0]!.network }, { since })
    .flatMap((event) => (event.type === 'icmp' && event.dstIp === client.address ? [event.srcIp] : []))
  c.finding(
    'NAT balancing does not need the MASQUERADE rule of the script: IPVS translates the answers itself, and the rule counts no packet. It is for connections that the servers begin',
    `after 6 requests to the servers and 3 to the virtual service the rule counts ${masqueraded} packets; a ping of a server reaches the client from ${outside.join()}`,
  )
})

claim('002-4', async (c) => {
  const cluster = await c.boot()
  const { service, client, wire } = cluster
  const servers = cluster.withRole('real-server')
  const before = await shares(cluster, 3)
  c.check('with the director as gateway every request is answered', before.failed === 0)
  const gateway = '192.168.11.254'
  await Promise.all(servers.map((node) => node.succeed(`ip route replace default via ${gateway}`)))

  const since = cluster.clock.now()
  const { requests } = await shares(cluster, 2, { maxTimeMs: 1_500 })
  c.check(
    'with another one no request is answered (curl exit code 28: time-out)',
    requests.length === 2 && requests.every(({ exitCode }) => exitCode === 28),
    requests.map(({ exitCode }) => exitCode).join(),
  )
  const tries = wire.handshakes({ dstIp: service.address, dstPort: service.port, clientIp: client.address }, { since })
  const reached = new Set(tries.map(({ forwardedTo }) => forwardedTo))
  c.check(
    'the SYNs reach both real servers',
    tries.length === 2 && servers.every(({ mac }) => reached.has(mac)),
    tries.map(({ forwarded }) => forwarded.at(-1)?.dstIp ?? 'nobody').join(),
  )
  const events = wire.within({ since })
  const answers = events.filter((event) => event.type === 'tcp' && event.syn && event.ack)
  c.check('no SYN-ACK is on either network', answers.length === 0, `${answers.length}`)
  const asked = events.filter(
    (event) => event.type === 'arp' && event.operation === 'request' && event.targetIp === gateway,
  )
  c.check(
    `because both ask for ${gateway}, and nobody answers`,
    servers.every(({ mac }) => asked.some((event) => event.type === 'arp' && event.senderMac === mac)) &&
      wire.arpAnswers(gateway, { since }).length === 0,
    `${asked.length} ARP requests, ${wire.arpAnswers(gateway, { since }).length} answers`,
  )
  await c.measure(cluster, {
    name: 'unanswered ARP requests for the other gateway',
    value: asked.length,
    unit: 'requests',
    note: `for ${requests.length} lost requests of the client`,
  })
})
