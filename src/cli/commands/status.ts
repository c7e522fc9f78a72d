import { withCluster, type ClusterOption } from '../options.ts'
import type { AddCommand } from './command-module.ts'

/** Nodes have 3 s to answer, and where the host is busy up to 12 s. */
const STATUS_TIMEOUT_MS = 20_000

export const addStatus: AddCommand = (program) => {
  withCluster(program.command('status').description('what a cluster that is up does now'))
    .option('--json', 'as JSON')
    .action(async ({ cluster, json = false }: ClusterOption & { json?: boolean }) => {
      const [{ connectTo }, { loadTopology }, { renderStatus }, output] = await Promise.all([
        import('../control/find-cluster.ts'),
        import('../../topology/index.ts'),
        import('../render/status.ts'),
        import('../terminal/output.ts'),
      ])
      const { control } = await connectTo(cluster)
      using _hangUp = control
      const status = await control.call('status', {}, { timeoutMs: STATUS_TIMEOUT_MS })
      if (json) return output.printJson(status)
      output.print(renderStatus(status, await loadTopology(status.folder), output.lookOf()))
    })
}
