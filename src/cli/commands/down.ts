import { withCluster, type ClusterOption } from '../options.ts'
import type { AddCommand } from './command-module.ts'

export const addDown: AddCommand = (program) => {
  withCluster(program.command('down').description('take a cluster away'))
    .option('--all', 'all that are up')
    .action(async ({ cluster, all = false }: ClusterOption & { all?: boolean }) => {
      const { findCluster } = await import('../control/find-cluster.ts')
      const { findClusters } = await import('../supervisor/state.ts')
      const { takeDown } = await import('../supervisor/take-down.ts')
      const { print } = await import('../terminal/output.ts')
      const { Progress } = await import('../terminal/progress.ts')
      const chosen = all ? await findClusters() : [await findCluster(cluster)]
      if (chosen.length === 0) return print('nothing is up')
      const progress = new Progress()
      using _clear = progress
      progress.say(`taking ${chosen.map(({ name }) => name).join(', ')} down`)
      const results = await Promise.allSettled(chosen.map((each) => takeDown(each)))
      progress[Symbol.dispose]()
      for (const [index, { name, evidence }] of chosen.entries()) {
        if (results[index]?.status === 'fulfilled') print(`${name} is down; its captures and consoles: ${evidence}`)
      }
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason
    })
}
