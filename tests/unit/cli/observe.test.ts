import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { observeNodes } from '../../../src/cli/supervisor/observe.ts'
import type { Cluster, Node } from '../../../src/cluster/index.ts'

/** A cluster of one node that answers after a time, on a host that let its machine wait for some of it. */
function slowCluster(answersAfterMs: number, lateMs: number): Cluster {
  const node = {
    name: 'node-1',
    running: true,
    spec: { services: [], interfaces: [], roles: [] },
    is: () => false,
    run: async () => {
      await setTimeout(answersAfterMs)
      return { exitCode: 0, stdout: '', stderr: '', durationMs: answersAfterMs }
    },
  } as unknown as Node
  const lateness = (): Promise<unknown> => Promise.resolve({ machineMs: lateMs })
  return { nodes: [node], clock: { now: () => 0 }, lateness } as unknown as Cluster
}

void t.test('a machine is given as much longer to answer as the host let it wait', async (t) => {
  const [late, dead] = await Promise.all([
    observeNodes(slowCluster(3_400, 2_000), new Set()),
    observeNodes(slowCluster(3_400, 0), new Set()),
  ])
  t.match(late, [{ state: 'running' }])
  t.match(dead, [{ state: 'no answer', reason: 'nothing within 3 s' }])
})
