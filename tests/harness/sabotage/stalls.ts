import { spawn } from 'node:child_process'
import type { Cluster } from '../../../src/cluster/index.ts'
import type { VmCluster } from '../../../src/engine/vm/vm-cluster.ts'
import type { Sabotage } from '../../../src/run/claim-context.ts'
import { afterBoot } from './ways.ts'

// The host stops something of ours in the middle of a failover. No cluster is broken by that: no claim may fail for it,
// and none may pass on figures that were taken meanwhile.

/** How long, ms. */
const STALL_MS = 2_000

/**
 * When, ms after the last advert of the master: with adverts every second and a takeover 3.6 s after the last one, the
 * fault has struck, and the stall ends a second after the takeover was due.
 */
const SILENCE_MS = 2_600

/** Stops the backup's QEMU, as a host does that has better things to do. */
const stalledBackup = afterBoot(async (cluster) => {
  const [backup] = await cluster.vip.others()
  const pid = (cluster.engine as VmCluster).machines.get(backup!.name)!.pid!
  whenMasterIsSilent(cluster, () => stall(pid))
})

/** Stops this very process: the fabric's thread, the guests' channels and the test, as a host does that is suspended. */
const stalledFabric = afterBoot(async (cluster) => {
  await Promise.resolve()
  whenMasterIsSilent(cluster, () => stall(process.pid))
})

export const STALLS: Readonly<Record<string, Sabotage>> = {
  'stalled-backup': stalledBackup,
  'stalled-fabric': stalledFabric,
}

function whenMasterIsSilent(cluster: Cluster, strike: () => void): void {
  const timer = setInterval(() => {
    const last = cluster.wire.lastAdvert()
    if (last === undefined || cluster.clock.now() - last.at < SILENCE_MS) return
    clearInterval(timer)
    strike()
  }, 10)
  timer.unref()
}

/** By a process of its own: one that is stopped can wake nobody. */
function stall(pid: number): void {
  const script = 'kill -STOP "$1"; sleep "$2"; kill -CONT "$1"'
  spawn('sh', ['-c', script, 'sh', String(pid), String(STALL_MS / 1000)], { stdio: 'ignore', detached: true }).unref()
}
