import type { Cluster, Director } from '../../src/cluster/index.ts'
import { stopService } from '../../src/fault/index.ts'
import { steady, type Request } from '../../src/load/index.ts'
import { agree, exactShares, strictRotation, tableOrder, wholePeriods } from '../../src/verdict/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { claim } from '../support/claim.ts'
import { shares, witnessedShares } from '../support/steps.ts'

// Document 002, section 3: one director that forwards by direct routing, set up by a script, without keepalived.

const RR_SCRIPT = 'lvs_dr.sh'
const WRR_SCRIPT = 'lvs_dr_wrr.sh'

/** What the second script asks for. */
const WRR_WEIGHTS: Readonly<Record<string, number>> = { rs1: 2, rs2: 1 }

claim('002-5', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const { service, client } = cluster
  const director = cluster.director(cluster.the('director'))

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
  const macOf = new Map(cluster.withRole('real-server').map(({ address, mac }) => [address, mac]))
  c.check(
    "the director puts the real server's MAC address into each SYN, and leaves the VIP in it",
    tries.length === answers.length &&
      tries.every(
        ({ forwarded, forwardedTo }, n) =>
          forwardedTo === macOf.get(answers[n]!) && forwarded.at(-1)?.dstIp === service.address,
      ),
    `${tries.length} SYNs`,
  )
  c.check(
    'the real server answers the client itself, from the VIP',
    tries.every(
      ({ answerSrcIp, answerMac }, n) => answerSrcIp === service.address && answerMac === macOf.get(answers[n]!),
    ),
  )
})

claim('002-6', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const director = cluster.director(cluster.the('director'))
  await director.node.succeed(WRR_SCRIPT)
  await checkTable(c, cluster, director, 'the kernel has wrr with the weights 2 and 1', 'wrr rs1 2, rs2 1')

  const answers = await witnessedShares(c, cluster, director, 30)
  const periods = wholePeriods(answers, weightsByAddress(cluster), {
    tableOrder: tableOrder(cluster.service.realServers).map(({ address }) => address),
  })
  c.share('each three requests are shared 2:1, in the order of the kernel', periods)
})

claim('002-7', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const director = cluster.director(cluster.the('director'))
  c.check('the director holds the VIP', (await cluster.vip.owner()) === director.node)
  const load = await steady(cluster, cluster.client, { url: cluster.url() })

  const cured = await runAgain(c, cluster, director, WRR_SCRIPT, 'wrr rs1 2, rs2 1')
  c.check('with "ifconfig eth1:0 down" first there is no error', cured === '', cured)
  const error = await runAgain(c, cluster, director, RR_SCRIPT, 'rr rs1 1, rs2 1')
  c.check('without it there is the error of the document', error === 'SIOCADDRT: File exists', error)

  const requests = await load.stop()
  const lost = requests.filter(({ ok }) => !ok)
  const codes = [...new Set(lost.map(({ exitCode }) => exitCode))].map((code) => `curl exit code ${code}`).join(', ')
  await c.measure(cluster, {
    name: 'requests lost while the scripts ran',
    value: lost.length,
    unit: 'requests',
    note: `of ${requests.length}, ${load.intervalMs} ms apart${codes === '' ? '' : `; ${codes}`}`,
  })
  c.finding(
    'the error does no harm: it comes from "route add", whose route is there already, and the script goes on to its last line. The new scheduler and weights are in force although the error was printed',
  )
  // A machine that is fast enough may get through between two requests.
  if (lost.length > 0) {
    c.finding(
      'running a script again interrupts the service for a moment: "ifconfig eth1:0 down" takes the VIP away, and "ipvsadm -C" empties the table until the last line has filled it again',
      `${lost.length} of ${requests.length} requests lost in two runs (${codes})`,
    )
  }
})

claim('002-8', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const director = cluster.director(cluster.the('director'))
  const [healthy, broken] = cluster.service.realServers
  await using _stopped = await stopService(cluster, cluster.node(broken!.node), 'nginx')

  await director.zero()
  const since = cluster.clock.now()
  const { requests, failed } = await shares(cluster, 12)
  const rotation = strictRotation(outcomes(requests), [healthy!.address, REFUSED])
  c.share('rr: every second request fails with curl exit code 7', rotation)
  const kernel = await director.connections(12)
  c.check(
    `the kernel goes on scheduling to ${broken!.node}, as many as failed`,
    kernel.get(broken!.address) === failed && kernel.get(healthy!.address) === requests.length - failed,
    [...kernel].map(([server, count]) => `${server}: ${count}`).join(', '),
  )
  await checkTable(c, cluster, director, `${broken!.node} keeps its place and weight`, 'rr rs1 1, rs2 1')
  const resets = cluster.wire.segments({ since }).filter(({ rst, dstIp }) => rst && dstIp === cluster.client.address)
  c.check(
    `${broken!.node} itself refuses, from the VIP`,
    resets.length === failed &&
      resets.every(
        ({ srcMac, srcIp }) => srcMac === cluster.node(broken!.node).mac && srcIp === cluster.service.address,
      ),
    `${resets.length} RSTs to ${failed} failed requests`,
  )
  const stale = (await director.connectionTable()).filter(({ serverIp }) => serverIp === broken!.address)
  c.finding(
    "by direct routing the director does not see the RST that refuses a connection: it counts it among the server's active ones until the SYN_RECV timer has run out (60 s, ip_vs_proto_tcp.c)",
    `${stale.length} connections of ${broken!.node}: ${[...new Set(stale.map(({ state }) => state))].join(', ')}`,
  )

  await director.node.succeed(WRR_SCRIPT)
  await director.zero()
  const weighted = await shares(cluster, 12)
  const byKernel = await director.connections(12)
  const weights = weightsByAddress(cluster)
  const periods = wholePeriods(
    outcomes(weighted.requests),
    new Map([
      [healthy!.address, weights.get(healthy!.address)!],
      [REFUSED, weights.get(broken!.address)!],
    ]),
  )
  c.share('wrr 2:1, as in the document: two pages and a refusal, over and over', periods)
  // A refused request has no page to tell its server by.
  const byClient = new Map([...weighted.served, [broken!.address, weighted.failed]])
  c.share('client and kernel count the same by wrr, the refused with them', agree(byClient, byKernel))
  await c.measure(cluster, {
    name: 'requests refused',
    value: failed,
    unit: 'requests',
    note: `of ${requests.length} by rr; ${weighted.failed} of ${weighted.requests.length} by wrr 2:1`,
  })
})

claim('002-9', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const windows = await c.windows
  const director = cluster.director(cluster.the('director'))
  const [healthy, broken] = cluster.service.realServers
  const server = cluster.node(broken!.node)
  const check = { director: director.node.name, server: server.name, failure: 'refused' as const }
  await director.node.succeed('ipvsadm -C && systemctl start keepalived')
  const since = cluster.clock.now()
  c.say('waiting for the first health check')
  const checked = await cluster.wire.waitFor(
    {
      description: `a health check of ${server.name} that succeeds`,
      match: (event) =>
        event.type === 'tcp' &&
        event.syn &&
        event.ack &&
        event.srcIp === broken!.address &&
        event.dstIp === director.node.address,
      related: (event) => event.type === 'tcp',
    },
    { since, timeoutMs: windows.firstCheck(check).maxMs + 8_000 },
  )
  c.waited(checked.at - since)
  await checkTable(c, cluster, director, 'keepalived makes the same table', 'rr rs1 1, rs2 1')

  const load = await steady(cluster, cluster.client, { url: cluster.url(), perSecond: 10 })
  const fault = await stopService(cluster, server, 'nginx')
  const removal = windows.checkerRemoval(check)
  c.say(`waiting for ${server.name} to leave the table`)
  const goneAt = await director.untilGone(broken!.address, broken!.port, removal.maxMs + 8_000)
  await c.measure(cluster, {
    name: 'removal after the service stopped',
    value: goneAt - fault.at,
    uncertaintyMs: fault.uncertaintyMs,
    window: removal,
    since: fault.at,
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
  const without = await witnessedShares(c, cluster, director, 20)
  c.share(`then ${healthy!.node} answers every request`, exactShares(without, new Map([[healthy!.address, 1]]), 0))

  const began = cluster.clock.now()
  const startedAt = await fault.heal()
  const back = windows.checkerReturn(check)
  c.say(`waiting for ${server.name} to return to the table`)
  const backAt = await director.untilPresent(broken!.address, broken!.port, back.maxMs + 8_000)
  await c.measure(cluster, {
    name: 'return after the service started',
    value: backAt - startedAt,
    uncertaintyMs: startedAt - began,
    window: back,
    since: startedAt,
  })
  c.waited(backAt - startedAt)
  const again = await witnessedShares(c, cluster, director, 20)
  c.share(`${server.name} has its share again`, strictRotation(again, [healthy!.address, broken!.address]))
})

const REFUSED = 'refused'

/** The server of each request, or how curl ended. */
function outcomes(requests: readonly Request[]): string[] {
  return requests.map(({ server, exitCode }) => server ?? (exitCode === 7 ? REFUSED : `exit code ${exitCode}`))
}

/** Runs a script of the director while the VIP exists. Answers what it complained of. */
async function runAgain(
  c: ClaimContext,
  cluster: Cluster,
  director: Director,
  script: string,
  table: string,
): Promise<string> {
  const { exitCode, stderr } = await director.node.run(script)
  c.check(`${script} goes through`, exitCode === 0, `exit code ${exitCode}`)
  c.check(`after ${script} the director holds the VIP`, await director.node.holds(cluster.vip.address))
  await checkTable(c, cluster, director, `and its table is that of ${script}`, table)
  const { failed } = await shares(cluster, 6)
  c.check(`after ${script} every request is answered`, failed === 0, `${failed} of 6 failed`)
  return stderr.trim()
}

/** The kernel's virtual service in a line, its servers sorted: "wrr rs1 2, rs2 1". */
async function tableOf(cluster: Cluster, director: Director): Promise<string> {
  const names = new Map(cluster.service.realServers.map(({ address, node }) => [address, node]))
  const services = (await director.table()).map(({ scheduler, realServers }) => {
    const servers = realServers.map(({ address, weight }) => `${names.get(address) ?? address} ${weight}`)
    return `${scheduler} ${servers.sort().join(', ')}`
  })
  return services.join('; ')
}

async function checkTable(
  c: ClaimContext,
  cluster: Cluster,
  director: Director,
  text: string,
  expected: string,
): Promise<void> {
  const now = await tableOf(cluster, director)
  c.check(text, now === expected, now === '' ? 'nothing' : now)
}

function weightsByAddress(cluster: Cluster): Map<string, number> {
  return new Map(cluster.service.realServers.map(({ node, address }) => [address, WRR_WEIGHTS[node]!]))
}
