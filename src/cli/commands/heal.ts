import { withCluster, type ClusterOption } from '../options.ts'
import type { AddCommand } from './command-module.ts'

/** Several machines may have to boot from their disks. */
const HEAL_TIMEOUT_MS = 10 * 60_000

export const addHeal: AddCommand = (program) => {
  withCluster(program.command('heal').description('mend what "fault" broke'))
    .argument('[id]', 'one fault; all when none is given')
    .action(async (id: string | undefined, { cluster }: ClusterOption) => {
      const { connectTo } = await import('../control/find-cluster.ts')
      const { Progress } = await import('../terminal/progress.ts')
      const { span } = await import('../terminal/quantity.ts')
      const { lookOf, print } = await import('../terminal/output.ts')
      const { control } = await connectTo(cluster)
      using _hangUp = control
      const progress = new Progress()
      using _clear = progress
      const params = id === undefined ? {} : { id }
      const { healed } = await control.call('heal', params, { timeoutMs: HEAL_TIMEOUT_MS, onNotice: progress.say })
      progress[Symbol.dispose]()
      const { ink } = lookOf()
      if (healed.length === 0) return print('nothing is broken')
      for (const { id, kind, target, afterMs, remains } of healed) {
        print(`${ink.bold(id)}  ${kind} ${ink.bold(target)} ${ink.good('healed')} ${ink.dim(`after ${span(afterMs)}`)}`)
        if (remains !== undefined) print(`    ${ink.dim(remains)}`)
      }
    })
}
