import type { Cluster, Node } from '../../src/cluster/index.ts'
import type { EventMatcher } from '../../src/fabric/index.ts'
import { burst } from '../../src/load/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { toWindow } from '../../src/verdict/index.ts'
import { claim } from '../support/claim.ts'
import { childrenOf, configure, deathsOf, serves, until } from '../support/reload.ts'

// Known regressions of keepalived's health checker. Each test asserts what is right; it is red with a version that has the
// regression. See topologies/regressions.yaml.

/** Addresses of the machine web. */
const SERVERS = ['10.1.0.10', '10.1.0.11']

claim('reg-keepalived-1757', async (c) => {
  const cluster = await c.boot()
  const director = cluster.the('director')
  await configure(director, '1757', 'restart')
  await until(director, `${serves('10.1.0.100:80')} && ipvsadm -Ln | grep -q '10.1.0.11:80 '`)
  const table = await cluster.director(director).table()
  const idle = table[0]?.realServers.find(({ address }) => address === '10.1.0.11')
  c.check('weight 0 is in the kernel as weight 0', idle?.weight === 0, `it is ${idle?.weight ?? 'not in the table'}`)

  const requests = await burst(cluster, cluster.client, { url: cluster.url(), count: 8 })
  const connections = await cluster.director(director).connections(requests.length)
  const got = (address: string): number => connections.get(address) ?? 0
  c.check('it gets no connection', got('10.1.0.11') === 0, `${got('10.1.0.11')} of ${requests.length}`)
  c.check('the other gets all', got('10.1.0.10') === requests.length, `${got('10.1.0.10')} of ${requests.length}`)
})

/** The cluster with a web server that answers slowly, and keepalived as an issue has it. */
async function withDrip(c: ClaimContext, issue: string): Promise<{ cluster: Cluster; director: Node; web: Node }> {
  const cluster = await c.boot()
  const [director, web] = [cluster.the('director'), cluster.the('web')]
  await web.machine.start('exec /usr/local/sbin/drip')
  await until(web, "ss -ltn | grep -q ':8080 '")
  await configure(director, issue, 'restart')
  return { cluster, director, web }
}

claim('reg-keepalived-1822', async (c) => {
  const { cluster, director, web } = await withDrip(c, '1822')
  await cluster.wire.waitFor(checkOf(director, '10.1.0.10', 8080), { timeoutMs: 15_000 })
  await cluster.director(director).untilPresent('10.1.0.10', 80, 5_000)

  const takenAt = async (pauseS: number): Promise<number> => {
    await web.succeed(`rm -f /run/dripped; echo ${pauseS} >/run/drips`)
    await until(web, '[ -s /run/dripped ]', 60_000)
    return Number(await web.succeed('rm /run/drips; cat /run/dripped'))
  }
  const slow = await takenAt(3)
  c.check('a pause longer than connect_timeout, 2 s, ends the check', slow < 40, `it took ${slow} bytes`)
  await cluster.director(director).untilPresent('10.1.0.10', 80, 20_000)
  // The answer itself is the clock: 40 bytes at two in a second are ten times the time-out.
  const taken = await takenAt(0.5)
  const gaveUp = c.check('so does an answer that drips in', taken < 40, `it took ${taken} bytes, one every half second`)
  if (gaveUp) await until(director, "! ipvsadm -Ln | grep -q '10.1.0.10:80 '")
})

claim('reg-keepalived-2253', async (c) => {
  const cluster = await c.boot()
  const director = cluster.the('director')
  await configure(director, '2253-before', 'restart')
  await until(director, serves('10.1.0.100:8080'))
  await reloadSafely(c, cluster, '2253-after', '10.1.0.100:8081')
  const table = await cluster.director(director).table()
  const services = table.map(({ address, port }) => `${address}:${port}`).sort()
  c.check(
    'the table has the services of the new configuration, and no other',
    services.join() === '10.1.0.100:80,10.1.0.100:8081',
    services.join(', '),
  )
  const wrong = table.flatMap(({ port, realServers }) =>
    realServers
      .filter((server) => server.port !== port)
      .map((server) => `${server.address}:${server.port} under ${port}`),
  )
  c.check('each server has the port of its service', wrong.length === 0, wrong.join(', '))
})

claim('reg-keepalived-2271', async (c) => {
  const { cluster, director, web } = await withDrip(c, '2271')
  await cluster.wire.waitFor(checkOf(director, '10.1.0.11', 80), { timeoutMs: 15_000 })
  // Segments with data go lost: the request waits for its acknowledgement when the check gives up and closes.
  await web.succeed('iptables -A INPUT -p tcp -d 10.1.0.10 --dport 8080 -m length --length 61: -j DROP')
  const since = cluster.clock.now()
  await cluster.director(director).untilGone('10.1.0.10', 80, 10_000)
  for (let count = 0; count < 6; count++)
    await cluster.wire.waitFor(checkOf(director, '10.1.0.11', 80), { timeoutMs: 15_000 })
  c.waited(cluster.clock.now() - since)

  const { match } = checkOf(director, '10.1.0.11', 80)
  const times = cluster.wire
    .within({ since })
    .filter(match)
    .map(({ at }) => at)
  const gaps = times.slice(1).map((at, index) => ({ from: times[index]!, ms: at - times[index]! }))
  const longest = gaps.toSorted((a, b) => b.ms - a.ms)[0]!
  await c.measure(cluster, {
    ...{ name: 'longest time between two checks of the other server', value: longest.ms, since: longest.from },
    ...{ of: [director, web], periodic: true, note: `${gaps.length} intervals` },
    window: toWindow({
      name: 'interval of TCP_CHECK',
      earliestMs: 1_000,
      latestMs: 2_000,
      exact: 'delay_loop 1 s .. delay_loop 1 s + connect_timeout 1 s',
      source: 'keepalived.conf(5), delay_loop, connect_timeout',
      from: "a check's SYN",
      to: "the next check's SYN",
    }),
  })
})

claim('reg-keepalived-2601', async (c) => {
  const cluster = await c.boot()
  const director = cluster.the('director')
  await configure(director, '2601-before', 'restart')
  await until(director, "ipvsadm -Ln | grep -q '10.1.0.11:80 '")
  c.say('the sorry server is in use')
  await reloadSafely(c, cluster, '2601-after', '10.1.0.100:8080', [checkOf(director, '10.1.0.10', 81)])
  const table = await cluster.director(director).table()
  const left = table.find(({ port }) => port === 80)?.realServers.map(({ address }) => address)
  c.check('the sorry server is out of the table', left?.length === 0, left?.join(', '))
})

claim('reg-keepalived-2704', async (c) => {
  const cluster = await c.boot()
  const director = cluster.the('director')
  await configure(director, '2704-before', 'restart')
  await until(director, serves('10.1.0.100:80'))
  await reloadSafely(c, cluster, '2704-after', '10.1.0.101:80')
  const table = await cluster.director(director).table()
  const added = table.find(({ address }) => address === '10.1.0.101')?.realServers.map(({ address }) => address)
  c.check('the new entry has both servers', added?.sort().join() === '10.1.0.10,10.1.0.11', added?.join(', '))
})

claim('reg-keepalived-2720', async (c) => {
  const cluster = await c.boot()
  const director = cluster.the('director')
  const listed = "ipvsadm -Ln | grep -q '10.1.0.10:80 '"
  const weightOf = async (): Promise<number | undefined> => {
    const table = await cluster.director(director).table()
    return table[0]?.realServers.find(({ address }) => address === '10.1.0.10')?.weight
  }
  await configure(director, '2720', 'restart')
  await until(director, "ipvsadm -Ln | grep -q '10.1.0.10:80  *Route  *10 '")
  for (const weight of [20, 10]) {
    await director.succeed('touch /run/weigh-hangs')
    await until(director, `! ${listed}`)
    await director.succeed(`echo ${weight} >/run/weight; rm /run/weigh-hangs`)
    await until(director, listed)
    const seen = await weightOf()
    c.check(`after a time-out the script says ${weight}, and so does the kernel`, seen === weight, `it says ${seen}`)
  }
})

/**
 * Reloads keepalived, waits for a service that only the new configuration has and for checks after that: the checker must
 * have gone on through all of it.
 */
async function reloadSafely(
  c: ClaimContext,
  cluster: Cluster,
  next: string,
  newService: string,
  checks?: readonly EventMatcher[],
): Promise<void> {
  const director = cluster.the('director')
  const before = await childrenOf(director)
  await configure(director, next, 'reload')
  await until(director, serves(newService))
  for (const check of checks ?? SERVERS.map((address) => checkOf(director, address, 80))) {
    await cluster.wire.waitFor(check, { timeoutMs: 15_000 })
  }
  const after = await childrenOf(director)
  c.check(
    'the checker goes on through the reload',
    after === before && before !== '',
    `${before} before, ${after} after`,
  )
  const deaths = await deathsOf(director)
  c.check('no child of keepalived died', deaths === '', deaths)
}

function checkOf(director: Node, address: string, port: number): EventMatcher {
  return {
    description: `a check of ${address}:${port}`,
    match: (event) =>
      event.type === 'tcp' &&
      event.syn &&
      !event.ack &&
      event.srcIp === director.address &&
      event.dstIp === address &&
      event.dstPort === port,
  }
}
