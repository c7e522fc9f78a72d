import { after } from '../../src/clock.ts'
import { killProcess, powerCut, stopService, unplug } from '../../src/fault/index.ts'
import { blackout, steady } from '../../src/load/index.ts'
import {
  failoverTimeline,
  heartbeatDeath,
  heartbeatFailback,
  heartbeatInitialDead,
  heartbeatInitialTakeover,
  heartbeatTakeoverScripts,
  natHidesRealServers,
  powerCutToHeartbeatTakeover,
  strictRotation,
} from '../../src/verdict/index.ts'
import { claim } from '../support/claim.ts'
import { GuestJournal } from '../support/guest-journal.ts'
import {
  announcementOf,
  answerOf,
  echoRequestOf,
  heartbeatConf,
  holdings,
  scriptsRun,
  serviceIsUp,
  statusOf,
  startHeartbeat,
  untilAnnounced,
  writtenResources,
} from '../support/heartbeat.ts'
import { UnaskedReturn } from '../support/heartbeat-return.ts'
import { endLoad, faultOn, recordFailover } from '../support/failover.ts'
import {
  ORPHANS,
  SLOW_MS,
  amidChecks,
  checkServed,
  declaredDeadMark,
  firstCheckMark,
  firstHeartbeatMark,
  keepalivedUpMark,
  natCluster,
  tellOrphans,
  tracedShares,
  untilChecked,
} from '../support/nat-heartbeat.ts'
import { shares, witnessedShares } from '../support/steps.ts'

// Document 000: two directors under heartbeat, NAT, three web servers behind a hub. heartbeat gives one director the VIP,
// the servers' gateway (V-gate) and keepalived, in this order.

claim('000-1', async (c) => {
  const { cluster, master, servers } = await natCluster(c)
  c.always(cluster, natHidesRealServers)
  const since = cluster.clock.now()
  const director = cluster.director(master)
  const answers = await witnessedShares(c, cluster, director, 12)
  const rotation = strictRotation(answers, servers)
  c.share('the servers answer in strict rotation, 1:1:1', rotation)
  const { address, port } = cluster.service
  const tries = cluster.wire.handshakes({ dstIp: address, dstPort: port, clientIp: cluster.client.address }, { since })
  const forwardedTo = tries.map(({ forwarded }) => forwarded.at(-1)?.dstIp ?? 'nobody')
  c.check(
    'on the wire, each SYN goes to the server whose page comes back',
    forwardedTo.length === answers.length && forwardedTo.every((server, index) => server === answers[index]),
    forwardedTo.join(' '),
  )
})

claim('000-2', async (c) => {
  const { cluster, master, vip, gate, servers } = await natCluster(c, { needs: ['port-counts'] })
  c.alwaysHealthy(cluster)
  c.always(cluster, natHidesRealServers)
  const count = 6
  const inside = gate.spec.network
  const nicOf = (network: string) => master.spec.interfaces.find((nic) => nic.network === network)?.mac
  await master.succeed('iptables -t nat -Z')
  const before = await cluster.engine.portCounts()
  const since = cluster.clock.now()
  const { requests, failed } = await shares(cluster, count)
  const [counts, rules] = await Promise.all([
    cluster.engine.portCounts(),
    master.succeed('iptables -t nat -nvxL POSTROUTING'),
  ])
  c.check('every request is answered', requests.length === count && failed === 0, `${failed} of ${count} failed`)

  const tcp = cluster.wire.within({ since }).filter((event) => event.type === 'tcp')
  const toClient = tcp.filter(({ dstIp }) => dstIp === cluster.client.address)
  const outside = toClient.filter(({ network }) => network === vip.spec.network)
  const strangers = outside.filter(({ srcIp, srcMac }) => srcIp !== vip.address || srcMac !== nicOf(vip.spec.network))
  c.check(
    `the client only sees ${vip.address}, from ${master.name}`,
    outside.length > 0 && strangers.length === 0,
    `${outside.length} segments, ${strangers.length} of them from elsewhere`,
  )
  const leaving = toClient.filter(({ network, srcIp }) => network === inside && servers.includes(srcIp))
  const elsewhere = leaving.filter(({ dstMac }) => dstMac !== nicOf(inside))
  c.check(
    `the servers' answers leave through V-gate ${gate.address}`,
    leaving.length > 0 && elsewhere.length === 0,
    `${leaving.length} segments, ${elsewhere.length} of them to another gateway`,
  )
  const pages = (network: string): number =>
    cluster.wire.httpAnswers({ clientIp: cluster.client.address, network }, { since }).length
  c.check(
    'each answer is on the wire twice: from the server inside, from the VIP outside',
    pages(inside) === count && pages(vip.spec.network) === count,
    `${pages(inside)} inside, ${pages(vip.spec.network)} outside`,
  )

  const ports = cluster.nodes.flatMap((node) =>
    node.spec.interfaces.filter(({ network }) => network === inside).map(({ name }) => node.cable(name)),
  )
  const grown = (of: 'sent' | 'delivered', cable: (typeof ports)[number]): number =>
    (counts.get(cable)?.[of] ?? Number.NaN) - (before.get(cable)?.[of] ?? Number.NaN)
  const all = ports.reduce((sum, cable) => sum + grown('sent', cable), 0)
  c.check(
    'the inside is a hub: every port gets every frame of the others',
    all > 0 && ports.every((cable) => grown('delivered', cable) === all - grown('sent', cable)),
    ports
      .map((cable) => `${cable} sent ${grown('sent', cable)}, got ${grown('delivered', cable)} of ${all}`)
      .join('; '),
  )
  await c.measure(cluster, { name: 'frames on the hub', value: all, unit: 'frames', note: `for ${count} requests` })

  const masqueraded = Number(/^\s*(\d+)\s+\d+\s+MASQUERADE\b/m.exec(rules)?.[1] ?? Number.NaN)
  await c.measure(cluster, { name: "packets for the document's masquerade rule", value: masqueraded, unit: 'packets' })
  c.check("the document's masquerade rule is there to be counted", Number.isInteger(masqueraded), rules)
  if (masqueraded === 0) {
    c.finding(
      "the document's masquerade rule has nothing to do: IPVS itself rewrites the answers of the connections that it " +
        'scheduled (ip_vs_core.c, handle_response), and they never come to the rule',
      `${masqueraded} packets hit it during ${count} requests, all of which were answered from ${vip.address}`,
    )
  }
})

claim('000-3', async (c) => {
  const cluster = await c.boot({ mode: 'template', startServices: false })
  const [vip, gate] = cluster.vips
  const [master, slave] = cluster.vip.candidates
  const conf = await heartbeatConf(c, master!)
  const servers = cluster.service.realServers.map(({ address }) => address)
  const timeoutMs = heartbeatInitialTakeover(conf, vip!.address).maxMs + SLOW_MS
  const nodes = [master!, slave!]
  const start = { nodes, node: master!, vips: [gate!, vip!], timeoutMs }
  const { since, announced } = await startHeartbeat(c, cluster, start)
  const [first, second] = announced
  c.say('waiting for the first health check')
  const check = await cluster.wire.waitFor(echoRequestOf(master!, servers), { since, timeoutMs: SLOW_MS })
  c.waited(check.at - since)

  const journal = await GuestJournal.read(cluster, master!, since)
  const started = scriptsRun(journal, 'start').map(({ resource }) => resource)
  c.check(
    `${master!.name} starts the resources in the order of haresources`,
    started.join() === writtenResources(conf).join(),
    started.join(', then '),
  )
  c.check(
    'on the wire too: V-gate announced inside, then the VIP outside, then the first health check',
    first!.at < second!.at && second!.at < check.at,
    `${first!.at.toFixed(0)} ms, ${second!.at.toFixed(0)} ms, ${check.at.toFixed(0)} ms`,
  )
  await c.measure(cluster, { name: 'from start to V-gate', value: first!.at - since })
  await c.measure(cluster, { name: 'from V-gate to the VIP', value: second!.at - first!.at })
  const [byMaster, bySlave] = await Promise.all([master!, slave!].map((node) => holdings(node, cluster.vips)))
  c.check(`${master!.name} has all three`, byMaster!.length === cluster.vips.length + 1, byMaster!.join(', '))
  c.check(`${slave!.name} has neither address and runs no keepalived`, bySlave!.length === 0, bySlave!.join(', '))
  const bySlaveOnWire = cluster.wire.gratuitousArps(undefined, { since }).filter(({ senderMac, senderIp }) => {
    return slave!.spec.interfaces.some(({ mac }) => mac === senderMac) && senderIp !== slave!.address
  })
  c.check(`${slave!.name} announces neither`, bySlaveOnWire.length === 0, `${bySlaveOnWire.length} announcements`)
})

claim('000-4', async (c) => {
  const cluster = await c.boot({ mode: 'template', startServices: false })
  const [vip, gate] = cluster.vips
  const [master, slave] = cluster.vip.candidates
  const conf = await heartbeatConf(c, master!)
  const timeoutMs = heartbeatInitialTakeover(conf, vip!.address).maxMs + SLOW_MS
  const alone = { nodes: [master!], node: master!, vips: [gate!, vip!], timeoutMs }
  const { since, announced } = await startHeartbeat(c, cluster, alone)
  const [first, second] = announced
  c.waited(second!.at - since)

  const journal = await GuestJournal.read(cluster, master!, since)
  const begun = journal.must(/Started heartbeat\.service/)
  const dead = journal.must(new RegExp(`node ${slave!.name.toLowerCase()}: is dead`))
  await c.measure(cluster, {
    name: `${slave!.name} declared dead after heartbeat started`,
    value: (dead.guestS - begun.guestS) * 1000,
    window: heartbeatInitialDead(conf),
    since: begun.at,
    of: [master!],
    note: "by the node's own journal",
  })
  const [start] = scriptsRun(journal, 'start')
  c.check(
    'it takes the resources only then',
    start !== undefined && start.guestS > dead.guestS && first!.at > dead.at,
    `dead at ${dead.guestS} s, first resource at ${start?.guestS ?? '?'} s of its uptime`,
  )
  await c.measure(cluster, {
    name: 'VIP announced after heartbeat started',
    value: second!.at - begun.at,
    window: heartbeatInitialTakeover(conf, vip!.address),
    since: begun.at,
    of: [master!],
    note: `V-gate after ${(first!.at - begun.at).toFixed(0)} ms`,
  })
  c.check(`${master!.name} holds both addresses`, (await holdings(master!, cluster.vips)).length >= 2)
  c.timeline(
    failoverTimeline(cluster, {
      title: `${master!.name} starts alone`,
      fault: { at: begun.at, kind: 'start', label: 'heartbeat starts, by its journal', node: master!.name },
      to: master!,
      marks: [declaredDeadMark(master!, dead), ...firstCheckMark(cluster, master!, begun.at)],
    }),
  )
  c.finding(
    `without initdead in ha.cf, heartbeat 3.0.6 waits ${conf.initdeadMs / 1000} s for the other node (twice the deadtime of 10 s, config.c init_config); the document's log of heartbeat 0.4.9 shows 31 s`,
    `measured ${((dead.guestS - begun.guestS) * 1000).toFixed(0)} ms`,
  )
})

claim('000-5', async (c) => {
  const { cluster, master, servers } = await natCluster(c)
  c.always(cluster, natHidesRealServers)
  const broken = cluster.service.realServers.at(-1)!
  const director = cluster.director(master)
  const window = (await c.windows).checkerRemoval({ director: master.name, server: broken.node, failure: 'host-gone' })
  const load = await steady(cluster, cluster.client, { url: cluster.url(), perSecond: 10 })
  await amidChecks(c, cluster, master, broken.address)
  const fault = await unplug(cluster, cluster.node(broken.node))
  c.say(`waiting for ${broken.node} to leave the table`)
  const goneAt = await director.untilGone(broken.address, broken.port, window.maxMs + 8_000)
  await c.measure(cluster, {
    name: 'removal after the cable was pulled',
    value: goneAt - fault.at,
    window,
    since: fault.at,
    of: [master],
  })
  c.waited(goneAt - fault.at)
  const requests = await load.stop()
  const lost = requests.filter(({ ok }) => !ok)
  await c.measure(cluster, {
    name: 'requests lost until the removal',
    value: lost.length,
    unit: 'requests',
    note: `of ${requests.length}; ${[...new Set(lost.map(({ exitCode }) => `curl exit code ${exitCode}`))].join(', ')}`,
  })

  const since = cluster.clock.now()
  const answers = await tracedShares(c, cluster, director, 8)
  const rotation = strictRotation(
    answers,
    servers.filter((server) => server !== broken.address),
  )
  c.share('the rest answer in strict rotation, 1:1', rotation)
  const { address, port } = cluster.service
  const strays = cluster.wire
    .handshakes({ dstIp: address, dstPort: port }, { since })
    .filter(({ forwarded }) => forwarded.some(({ dstIp }) => dstIp === broken.address))
  c.check(`no SYN is forwarded to ${broken.node} any more`, strays.length === 0, `${strays.length}`)
})

claim('000-6', async (c) => {
  const { cluster, master, servers } = await natCluster(c)
  const broken = cluster.service.realServers.at(-1)!
  const director = cluster.director(master)
  const windows = await c.windows
  const check = { director: master.name, server: broken.node, failure: 'host-gone' as const }
  const fault = await unplug(cluster, cluster.node(broken.node))
  const goneAt = await director.untilGone(broken.address, broken.port, windows.checkerRemoval(check).maxMs + 8_000)
  const pluggedAt = await fault.heal()
  const window = windows.checkerReturn(check)
  c.say(`waiting for ${broken.node} to return to the table`)
  const backAt = await director.untilPresent(broken.address, broken.port, window.maxMs + 8_000)
  await c.measure(cluster, {
    name: 'return after the cable was put back',
    value: backAt - pluggedAt,
    window,
    since: pluggedAt,
    of: [master],
  })
  c.waited(goneAt - fault.at + (backAt - pluggedAt))
  const rotation = strictRotation(await witnessedShares(c, cluster, director, 9), servers)
  c.share('all three answer in strict rotation again', rotation)
})

claim('000-7', async (c) => {
  const { cluster, master, servers } = await natCluster(c)
  const broken = cluster.service.realServers[1]!
  const director = cluster.director(master)
  const fault = await stopService(cluster, cluster.node(broken.node), 'nginx')
  // One check may have been under way; what the second sees is a server without its service, for a whole delay_loop.
  const since = after(fault.at, -fault.uncertaintyMs)
  const checkedAt = await untilChecked(c, cluster, master, broken.address, { since, times: 2 })
  c.waited(checkedAt - fault.at)
  const inTable = (await director.table()).flatMap(({ realServers }) => realServers)
  c.check(
    `${broken.node} answers the check and stays in the table`,
    inTable.some(({ address, weight }) => address === broken.address && weight > 0),
    inTable.map(({ address, weight }) => `${address} weight ${weight}`).join(', '),
  )

  await director.zero()
  const asked = cluster.clock.now()
  const count = 9
  const { requests } = await shares(cluster, count)
  const kernel = await director.connections(count)
  // A refused request has no page to tell its server by: the one that is missing from the rotation.
  const answers = requests.map(({ ok, exitCode, server }) =>
    ok ? (server ?? '?') : exitCode === 7 ? broken.address : `curl ${exitCode}`,
  )
  const rotation = strictRotation(answers, servers)
  const refused = requests.filter(({ exitCode }) => exitCode === 7).length
  c.share('its share of the requests is refused, every third', {
    ...rotation,
    ok: rotation.ok && refused === count / 3,
  })
  c.check(
    'the kernel goes on scheduling it, 1:1:1',
    servers.every((server) => kernel.get(server) === count / 3),
    [...kernel].map(([server, sum]) => `${server}: ${sum}`).join(', '),
  )
  const resets = cluster.wire
    .segments({ since: asked })
    .filter(({ rst, srcIp, dstIp }) => rst && srcIp === broken.address && dstIp === cluster.client.address)
  c.check(
    `on the wire, ${broken.node} itself refuses each`,
    resets.length === count / 3,
    `${resets.length} resets from ${broken.address}`,
  )
  await c.measure(cluster, { name: 'requests refused', value: refused, unit: 'requests', note: `of ${count}` })
})

claim('000-8', async (c) => {
  const { cluster, master, slave, vip, gate } = await natCluster(c)
  c.alwaysHealthy(cluster, { excuse: { [natHidesRealServers.name]: ORPHANS } })
  const conf = await heartbeatConf(c, master)
  const load = await steady(cluster, cluster.client, { url: cluster.url(), perSecond: 5, limitMs: 180_000 })
  const fault = await powerCut(cluster, master)
  const since = fault.at
  const timeoutMs = powerCutToHeartbeatTakeover(conf, vip.address).maxMs + SLOW_MS
  const [first, second] = await untilAnnounced(c, cluster, slave, [gate, vip], { since, timeoutMs })
  const answer = await cluster.wire.waitFor(answerOf(cluster), { since: second!.at, timeoutMs: SLOW_MS })
  c.waited(answer.at - fault.at)
  const { requests, until } = await endLoad(cluster, load)
  tellOrphans(c, cluster, fault.at)

  const journal = await GuestJournal.read(cluster, slave, since)
  const { uncertaintyMs } = journal
  const dead = journal.must(new RegExp(`node ${master.name.toLowerCase()}: is dead`))
  const up = serviceIsUp(journal)
  const last = cluster.wire
    .datagrams({ heartbeat: 'status', srcIp: master.address }, { until: after(since, fault.uncertaintyMs) })
    .at(-1)!
  await c.measure(cluster, {
    name: `${master.name} declared dead after its last status packet`,
    value: dead.at - last.at,
    uncertaintyMs,
    window: heartbeatDeath(conf),
    since: last.at,
    of: [slave],
    note: `by ${slave.name}'s journal`,
  })
  // What follows is shell work: its parts are shown, the whole is judged.
  await c.measure(cluster, {
    name: 'from there to the VIP',
    value: second!.at - dead.at,
    window: heartbeatTakeoverScripts(conf, vip.address),
    since: dead.at,
    of: [slave],
    note: `V-gate after ${(first!.at - dead.at).toFixed(0)} ms, the VIP ${(second!.at - first!.at).toFixed(0)} ms later`,
  })
  await c.measure(cluster, { name: 'from the VIP to keepalived', value: up.at - second!.at })
  await c.measure(cluster, {
    name: 'VIP announced after the power cut',
    value: second!.at - fault.at,
    uncertaintyMs: fault.uncertaintyMs,
    window: powerCutToHeartbeatTakeover(conf, vip.address),
    since: fault.at,
    of: [slave],
  })
  const started = scriptsRun(journal, 'start').map(({ resource }) => resource)
  c.check(
    `${slave.name} takes all resources, in the order of haresources`,
    started.join() === writtenResources(conf).join(),
    started.join(', then '),
  )
  c.check(
    'nothing is taken before the node is declared dead',
    cluster.wire.gratuitousArps(undefined, { since }).every(({ at, senderMac, senderIp }) => {
      const own = slave.spec.interfaces.some(({ mac }) => mac === senderMac)
      return !own || ![vip.address, gate.address].includes(senderIp) || at > dead.at
    }),
  )
  const held = await holdings(slave, cluster.vips)
  c.check(`${slave.name} has VIP, V-gate and keepalived`, held.length === 3, held.join(', '))
  await checkServed(c, cluster, 'the service goes on')

  const lostBy = (code: number): number =>
    requests.filter(({ ok, exitCode, at }) => !ok && at >= since && exitCode === code).length
  const handover = { title: `${master.name} loses power`, load, since, from: master, to: slave, silent: master }
  const marks = [declaredDeadMark(slave, dead), keepalivedUpMark(slave, up), ...firstCheckMark(cluster, slave, since)]
  await recordFailover(c, cluster, { ...handover, marks, fault: faultOn(master, fault) }, { requests, until })
  c.finding(
    'between the VIP and keepalived, the new director refuses the clients: it has the address already and no virtual ' +
      'service yet. The order of haresources is the cause; the document does not mention it',
    `${lostBy(28)} requests timed out, and ${lostBy(7)} were refused in the ${(up.at - second!.at).toFixed(0)} ms between the two`,
  )
})

claim('000-9', async (c) => {
  const { cluster, master, slave, vip, gate } = await natCluster(c)
  const conf = await heartbeatConf(c, master)
  // As in the document, a person starts heartbeat: when, decides what becomes of it (UnaskedReturn).
  await master.succeed('rm /etc/systemd/system/multi-user.target.wants/heartbeat.service && sync')
  const fault = await powerCut(cluster, master)
  const awayMs = powerCutToHeartbeatTakeover(conf, vip.address).maxMs + SLOW_MS
  await untilAnnounced(c, cluster, slave, [gate, vip], { since: fault.at, timeoutMs: awayMs })
  const taken = { title: `${master.name} loses power`, fault: faultOn(master, fault), from: master, to: slave }
  c.timeline(failoverTimeline(cluster, { ...taken, silent: master }))
  // keepalived, the last resource, starts on Slave while Master boots; that takes longer.
  c.say(`${master.name} boots again`)
  const [load] = await Promise.all([
    steady(cluster, cluster.client, { url: cluster.url(), perSecond: 5, limitMs: 240_000 }),
    fault.heal(),
  ])
  c.waited(load.began - fault.at)

  const unasked = new UnaskedReturn(c, cluster, { node: master, other: slave, conf, vips: [gate, vip] })
  const { first: returned } = await unasked.untilAsked()
  const window = heartbeatFailback(conf, vip.address)
  const options = { since: returned.at, timeoutMs: window.maxMs + SLOW_MS }
  const [first, second] = await untilAnnounced(c, cluster, master, [gate, vip], options)
  const answer = await cluster.wire.waitFor(answerOf(cluster), { since: second!.at, timeoutMs: SLOW_MS })
  c.waited(answer.at - returned.at)
  const { requests, until } = await endLoad(cluster, load)
  const [back, away] = await Promise.all([
    GuestJournal.read(cluster, master, returned.at),
    GuestJournal.read(cluster, slave, returned.at),
  ])
  const up = serviceIsUp(back)
  await c.measure(cluster, {
    name: `VIP back after the first packet of ${master.name}`,
    value: second!.at - returned.at,
    window,
    since: returned.at,
    of: [master, slave],
  })
  await c.measure(cluster, { name: 'from V-gate to the VIP', value: second!.at - first!.at })
  await c.measure(cluster, { name: 'from the VIP to keepalived', value: up.at - second!.at })
  const written = writtenResources(conf)
  const stopped = scriptsRun(away, 'stop')
  const started = scriptsRun(back, 'start')
  c.check(
    `${slave.name} gives all resources up, in reverse order`,
    stopped.map(({ resource }) => resource).join() === written.toReversed().join(),
    stopped.map(({ resource }) => resource).join(', then '),
  )
  c.check(
    `${master.name} takes them all, in the order of haresources`,
    started.map(({ resource }) => resource).join() === written.join(),
    started.map(({ resource }) => resource).join(', then '),
  )
  c.check(
    'never do both have one: the last is given up before the first is taken',
    (stopped.at(-1)?.at ?? Infinity) < first!.at,
  )
  const [byMaster, bySlave] = await Promise.all([master, slave].map((node) => holdings(node, cluster.vips)))
  c.check(`${master.name} has VIP, V-gate and keepalived again`, byMaster!.length === 3, byMaster!.join(', '))
  c.check(`${slave.name} has none of them`, bySlave!.length === 0, bySlave!.join(', '))
  const { failed } = await shares(cluster, 6)
  c.check('the service goes on', failed === 0, `${failed} of 6 requests failed`)

  const hole = blackout(requests, returned.at)
  const lost = requests.filter(({ ok, at }) => !ok && at >= returned.at)
  const handover = {
    title: `${master.name} returns`,
    name: 'return',
    load,
    since: returned.at,
    from: slave,
    to: master,
  }
  const marks = [
    firstHeartbeatMark(master, returned),
    keepalivedUpMark(master, up),
    ...firstCheckMark(cluster, master, returned.at),
  ]
  await recordFailover(c, cluster, { ...handover, marks }, { requests, until })
  c.finding(
    'the return is an outage too: between the stop of the resources on one node and their start on the other there is no service, though both nodes are well. With auto_failback off there would be none',
    `${lost.length} requests lost in ${((hole?.durationMs ?? 0) / 1000).toFixed(1)} s`,
  )
  await unasked.show()
})

claim('000-10', async (c) => {
  const { cluster, master, slave, vip, gate } = await natCluster(c)
  c.alwaysHealthy(cluster)
  const conf = await heartbeatConf(c, master)
  const broken = cluster.service.realServers.at(-1)!
  const fault = await killProcess(cluster, master, 'keepalived')
  const before = await shares(cluster, 6)
  c.check(
    'clients are served at first: the kernel keeps its table',
    before.failed === 0,
    `${before.failed} of 6 failed`,
  )
  // Nobody checks the servers now: one that goes is the proof.
  const pulled = await unplug(cluster, cluster.node(broken.node))
  const longest = Math.max(
    heartbeatDeath(conf).maxMs,
    (await c.windows).checkerRemoval({ director: master.name, server: broken.node, failure: 'host-gone' }).maxMs,
  )
  c.say(`waiting ${(longest / 1000).toFixed(0)} s: longer than deadtime, and than the removal of a dead server takes`)
  const settled = after(pulled.at, longest)
  const sign = await cluster.wire.waitFor(statusOf(slave), { since: settled, timeoutMs: longest + 10_000 })
  c.waited(sign.at - fault.at)

  const [byMaster, bySlave, unit, heartbeatRuns, journal] = await Promise.all([
    holdings(master, cluster.vips),
    holdings(slave, cluster.vips),
    master.succeed('systemctl show keepalived -p ActiveState,Result,NRestarts,Restart | tr "\\n" " "'),
    master.service('heartbeat').isActive(),
    GuestJournal.read(cluster, slave, fault.at),
  ])
  c.check(`keepalived stays dead on ${master.name}: nobody restarts it`, !byMaster.includes('keepalived'), unit)
  c.check(
    `${master.name} keeps VIP and V-gate`,
    [vip.address, gate.address].every((address) => byMaster.includes(address)),
    byMaster.join(', '),
  )
  c.check(`heartbeat runs on, on ${master.name}`, heartbeatRuns)
  c.check(`${slave.name} has nothing`, bySlave.length === 0, bySlave.join(', '))
  const acted = journal.find(/is dead|Resources being acquired|Acquiring resource group|ResourceManager|mach_down/)
  c.check(`${slave.name} does nothing`, acted === undefined, acted?.text)
  const taken = [vip, gate].filter((one) =>
    cluster.wire.within({ since: fault.at }).some(announcementOf(slave, one).match),
  )
  c.check(`${slave.name} announces neither address`, taken.length === 0)
  const signs = cluster.wire.datagrams({ heartbeat: 'status', srcIp: master.address }, { since: fault.at })
  c.check(
    `${master.name}'s heartbeats go on`,
    signs.length >= Math.floor((sign.at - fault.at) / conf.keepaliveMs) - 1,
    `${signs.length} in ${(sign.at - fault.at).toFixed(0)} ms`,
  )

  const table = await cluster.director(master).table()
  const still = table.some(({ realServers }) => realServers.some(({ address }) => address === broken.address))
  c.check(`${broken.node}, whose cable is out, stays in the table`, still)
  const { requests, failed } = await shares(cluster, 6, { maxTimeMs: 1_000 })
  await c.measure(cluster, { name: 'requests lost', value: failed, unit: 'requests', note: `of ${requests.length}` })
  c.check('its share of the requests fails: every third', failed === 2, `${failed} of ${requests.length} failed`)
  c.finding(
    'a dead keepalived goes unnoticed: heartbeat watches the node, not the daemon, and the unit has no Restart=. The ' +
      "kernel's table goes on serving, but nobody checks the servers: one that dies afterwards keeps its share of the requests",
    `${unit.trim()}; ${((sign.at - fault.at) / 1000).toFixed(1)} s after the kill ${failed} of ${requests.length} requests were lost`,
  )
})
