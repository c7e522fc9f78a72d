import type { AddCommand } from './command-module.ts'

export const addVagrantPlan: AddCommand = (program) => {
  program
    .command('vagrant-plan', { hidden: true })
    .description('what the Vagrantfile reads of a topology, as JSON')
    .argument('<topology>', 'a name that "list" shows, or a folder with a topology.yaml')
    .option('--stock', 'for a box that has none of the packages', false)
    .action(plan)
}

async function plan(which: string, { stock }: { stock: boolean }): Promise<void> {
  const { loadTopology } = await import('../../topology/index.ts')
  const { planForHost } = await import('../../engine/vagrant/vagrant-plan.ts')
  const { printJson, say } = await import('../terminal/output.ts')
  printJson(await planForHost(await loadTopology(which), { stock, progress: say }))
}
