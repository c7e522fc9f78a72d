import type { AddCommand } from './command-module.ts'

export const addList: AddCommand = (program) => {
  program
    .command('list')
    .alias('ls')
    .description('topologies, and the claims that are proved of each')
    .option('--json', 'as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const [{ listTopologies }, { listClaims }, { renderList }, output] = await Promise.all([
        import('../../topology/index.ts'),
        import('../../run/index.ts'),
        import('../render/list.ts'),
        import('../terminal/output.ts'),
      ])
      const [topologies, claims] = await Promise.all([listTopologies(), listClaims()])
      if (!json) return output.print(renderList(topologies, claims, output.lookOf()))
      const short = topologies.map(({ name, title, document, group, folder, nodes }) => ({
        ...{ name, title, document, group, folder },
        nodes: nodes.map((node) => ({ name: node.name, roles: node.roles })),
      }))
      output.printJson({ schema: 'lvslab.list/1', topologies: short, claims })
    })
}
