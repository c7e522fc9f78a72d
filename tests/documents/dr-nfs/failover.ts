import { after } from '../../../src/clock.ts'
import { powerCut } from '../../../src/fault/index.ts'
import { steady, type Request } from '../../../src/load/index.ts'
import { failoverTimeline } from '../../../src/verdict/index.ts'
import { claim } from '../../support/claim.ts'
import { closeFailover, faultOn, takenOverAfterPowerCut } from '../../support/failover.ts'
import { advertOf, shares, startToMasterMs, underLoad, vridOf, waitForTakeover } from '../../support/steps.ts'
import { isTemplate } from './templates.ts'

// Two directors with keepalived: who has the VIP.

claim('001-7', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const windows = await c.windows
  const [preferred, other] = cluster.vip.candidates
  const priorities = [preferred!, other!].map(({ name }) => windows.instance({ node: name }).priority)
  c.check('the priorities are 100 and 90', priorities.join() === '100,90', priorities.join())
  const since = cluster.clock.now()
  c.say(`waiting for three adverts of ${preferred!.name}`)
  for (let from = since, count = 0; count < 3; count++) {
    const advert = await cluster.wire.waitFor(advertOf(preferred!), { since: from, timeoutMs: 5_000 })
    from = after(advert.at, 0.001)
  }
  c.waited(3_000)
  const adverts = cluster.wire.adverts({ vrid: await vridOf(c, preferred!) }, { since })
  c.check(
    `${preferred!.name} advertises its priority of 100`,
    adverts.some(({ srcIp, priority, checksumOk }) => srcIp === preferred!.address && priority === 100 && checksumOk),
    adverts.map(({ srcIp, priority }) => `${srcIp}: ${priority}`).join(', '),
  )
  c.check(
    `${other!.name} is silent`,
    adverts.every(({ srcIp }) => srcIp === preferred!.address),
    `${adverts.length} adverts, all of ${[...new Set(adverts.map(({ srcIp }) => srcIp))].join(' and ')}`,
  )
  const owners = (await cluster.vip.owners()).map(({ name }) => name)
  c.check(`${preferred!.name} alone holds the VIP`, owners.join() === preferred!.name, owners.join() || 'nobody')
})

claim('001-8', async (c) => {
  const { cluster, master, backup, load } = await underLoad(c)
  const kept = (await cluster.director(master).connectionTable()).filter(isTemplate)
  const handed = (await cluster.director(backup).connectionTable()).filter(isTemplate)

  const since = cluster.clock.now()
  const fault = await powerCut(cluster, master)
  const takeover = await takenOverAfterPowerCut(c, cluster, { from: master, to: backup, since, fault })
  c.check(
    'the successor announces the VIP by gratuitous ARP',
    takeover.gratuitousArps.some(
      ({ senderIp, senderMac }) => senderIp === cluster.vip.address && senderMac === backup.mac,
    ),
  )
  c.check(`${backup.name} holds the VIP`, (await cluster.vip.owner()) === backup)
  const requests = await closeFailover(c, cluster, {
    title: 'the master loses power',
    ...{ load, takeover, since, from: master, to: backup },
    fault: faultOn(master, fault),
  })
  const serverAt = (some: readonly Request[]): string =>
    [...new Set(some.filter(({ ok }) => ok).map(({ server }) => server))].join(' and ')
  if (kept.length > 0 && handed.length === 0) {
    c.finding(
      "the client's persistence dies with the master: the backup has no copy of it (no synchronisation daemon is configured), and schedules the client anew",
      `${kept.length} template on ${master.name}, none on ${backup.name}; served by ${serverAt(requests.filter(({ at }) => at < since))} before and ${serverAt(requests.filter(({ at }) => at > takeover.firstAdvert.at))} after`,
    )
  }
})

claim('001-9', async (c) => {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster, { overlapMs: 1_200 })
  const windows = await c.windows
  const master = await cluster.vip.owner()
  const [backup] = await cluster.vip.others()
  const fault = await powerCut(cluster, master)
  const away = await waitForTakeover(c, cluster, master, fault.at)
  c.waited(away.firstAdvert.at - fault.at)
  c.timeline(
    failoverTimeline(cluster, { title: 'the master loses power', fault: faultOn(master, fault), takeover: away }),
  )
  c.check(`${backup!.name} has taken the VIP`, await backup!.holds(cluster.vip.address))

  const load = await steady(cluster, cluster.client, { url: cluster.url(), perSecond: 5, limitMs: 240_000 })
  c.say(`${master.name} boots again`)
  const poweredAt = cluster.clock.now()
  await fault.heal()
  const back = await waitForTakeover(c, cluster, backup!, poweredAt, 60_000)
  const waitedMs = await startToMasterMs(master)
  await c.measure(cluster, {
    name: 'master again after keepalived starts',
    value: waitedMs,
    window: windows.vrrpPreempt({ node: master.name }, 'start'),
    since: after(back.firstAdvert.at, -waitedMs),
    of: [master],
    note: "by the node's own journal",
  })
  await c.measure(cluster, {
    name: 'power on to first advert',
    value: back.firstAdvert.at - poweredAt,
    note: 'with the whole boot of the machine',
  })
  c.waited(waitedMs)
  const startedAt = after(back.firstAdvert.at, -waitedMs)
  await closeFailover(c, cluster, {
    title: 'the master returns',
    ...{ load, takeover: back, since: startedAt, from: backup!, to: master },
    fault: { at: startedAt, kind: 'start', label: 'keepalived is up, by its journal', node: master.name },
  })
  await cluster.wire.waitFor(advertOf(master), { since: after(back.firstAdvert.at, 500), timeoutMs: 5_000 })
  c.check(`${master.name} holds the VIP again, and ${backup!.name} gave it up`, (await cluster.vip.owner()) === master)
  const { served, failed } = await shares(cluster, 4)
  c.check('the service goes on with the old master', failed === 0 && served.size > 0, `${failed} of 4 requests failed`)
})
