import type { AddCommand } from './command-module.ts'

export const addDoctor: AddCommand = (program, setExitCode) => {
  program
    .command('doctor')
    .description('look whether this host has what is needed')
    .option('--json', 'as JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { doctor } = await import('../doctor.ts')
      setExitCode(await doctor({ json }))
    })
}
