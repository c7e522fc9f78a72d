import type { Node } from '../../src/cluster/index.ts'
import { stopService } from '../../src/fault/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { checkVersions } from './pair.ts'

/** Beyond a window's end: so that a late event is measured, and judged, and not merely waited for in vain. */
const SLOW_MS = 8_000

/** A web service stops and starts again: each director removes it and adds it by the rules of its own keepalived. */
export async function ownChecks(c: ClaimContext): Promise<void> {
  const cluster = await c.boot()
  c.alwaysHealthy(cluster)
  const windows = await c.windows
  const directors = cluster.vip.candidates
  await checkVersions(c, cluster, directors)
  const [broken] = cluster.service.realServers
  const check = (director: Node) => ({ director: director.name, server: broken!.node, failure: 'refused' as const })
  const versionOf = ({ name }: Node): string => `keepalived ${windows.conf(name).version}`

  c.say(`waiting for ${broken!.node} to leave both tables`)
  const fault = await stopService(cluster, cluster.node(broken!.node), 'nginx')
  await Promise.all(
    directors.map(async (node) => {
      const window = windows.checkerRemoval(check(node))
      const goneAt = await cluster.director(node).untilGone(broken!.address, broken!.port, window.maxMs + SLOW_MS)
      await c.measure(cluster, {
        ...{ name: `removal by ${node.name}`, value: goneAt - fault.at, uncertaintyMs: fault.uncertaintyMs },
        ...{ window, since: fault.at, note: versionOf(node) },
      })
      c.waited((goneAt - fault.at) / directors.length)
    }),
  )

  c.say(`waiting for ${broken!.node} to return to both tables`)
  const began = cluster.clock.now()
  const startedAt = await fault.heal()
  await Promise.all(
    directors.map(async (node) => {
      const window = windows.checkerReturn(check(node))
      const backAt = await cluster.director(node).untilPresent(broken!.address, broken!.port, window.maxMs + SLOW_MS)
      await c.measure(cluster, {
        ...{ name: `return by ${node.name}`, value: backAt - startedAt, uncertaintyMs: startedAt - began },
        ...{ window, since: startedAt, note: versionOf(node) },
      })
      c.waited((backAt - startedAt) / directors.length)
    }),
  )
}
