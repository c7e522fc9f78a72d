import type { Cluster, Node } from '../../src/cluster/index.ts'
import { InfrastructureError } from '../../src/errors.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { WireTimeoutError, type EventMatcher } from '../../src/fabric/index.ts'
import { claim } from '../support/claim.ts'
import { configure, until } from '../support/reload.ts'
import { advertOf } from '../support/steps.ts'

// Known regressions of keepalived's VRRP process. Each test asserts what is right; it is red with a version that has the
// regression. See topologies/regressions.yaml.

/** vrrp_startup_delay of backup-delayed.conf. */
const STARTUP_DELAY_MS = 12_000

claim('reg-keepalived-2418', (c) => reloadedWhileItLooksOn(c, 'delayed'))

claim('reg-keepalived-2559', (c) => reloadedWhileItLooksOn(c, 'undelayed'))

/** The backup starts, looks on for the start-up delay, and is reloaded meanwhile: it must go on to hear the master. */
async function reloadedWhileItLooksOn(c: ClaimContext, next: 'delayed' | 'undelayed'): Promise<void> {
  const cluster = await c.boot()
  const [master, backup] = [cluster.node('master'), cluster.node('backup')]
  const windows = await c.windows
  await configure(backup, 'delayed', 'restart')
  await until(backup, said(DELAYS), 20_000)
  await configure(backup, next, 'reload')
  await until(backup, said(RELOADS), 10_000)
  const tookMs = (await saidAtMs(backup, RELOADS)) - (await saidAtMs(backup, DELAYS))
  if (tookMs > STARTUP_DELAY_MS - 2_000) {
    throw new InfrastructureError('LVSLAB_E_TOO_LATE', 'the reload did not come within the start-up delay', {
      seen: `${tookMs.toFixed(0)} ms after its begin`,
      todo: 'run it when the machine is quiet',
    })
  }

  const watchMs = STARTUP_DELAY_MS + 2 * windows.vrrpTakeover({ from: master.name, to: backup.name }).maxMs
  c.waited(watchMs)
  c.check(
    `${backup.name} does not advertise while ${master.name} does`,
    !(await seen(cluster, advertOf(backup), watchMs)),
    `watched for ${(watchMs / 1000).toFixed(1)} s: the start-up delay and twice the master down interval`,
  )
  // One that is dead would be as silent.
  await master.service('keepalived').stop()
  await cluster.wire.waitFor(advertOf(backup), { timeoutMs: 10_000 })
  c.check(`${backup.name} takes over when ${master.name} resigns`, true)
}

/** What the VRRP process logs. */
const DELAYS = 'Keepalived_vrrp.*Delaying startup for'
const RELOADS = 'Keepalived_vrrp.*Reloading'

const said = (text: string): string => `journalctl -u keepalived -n 40 --no-pager | grep -q '${text}'`

/** When it was last said, ms of the guest's own clock. */
async function saidAtMs(node: Node, text: string): Promise<number> {
  const line = await node.succeed(`journalctl -u keepalived --no-pager -o short-monotonic | grep '${text}' | tail -n 1`)
  return Number(/^\[ *([\d.]+)\]/.exec(line)?.[1]) * 1_000
}

async function seen(cluster: Cluster, what: EventMatcher, timeoutMs: number): Promise<boolean> {
  try {
    await cluster.wire.waitFor(what, { timeoutMs })
    return true
  } catch (error) {
    if (error instanceof WireTimeoutError && error.undecided === undefined) return false
    throw error
  }
}
