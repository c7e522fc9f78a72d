import { ExitCode } from '../../errors.ts'
import type { AddCommand } from './command-module.ts'

const HELP = `
Figures that were measured once are never called changed; repeat both runs:
  npx lvslab run dr-vrrp --repeat 10 --out a        and later --out b
  npx lvslab compare a b
  npx lvslab compare a b --noise a1 a2              a1 and a2 are two runs of one thing on this machine
Two performance suites can be compared as well (lvslab bench --out a, later --out b).

Exit codes: 0 nothing is worse in B, 1 something is, 2 usage.`

interface Options {
  readonly json: boolean
  readonly html?: string
  readonly noise?: readonly string[]
}

export const addCompare: AddCommand = (program, setExitCode) => {
  program
    .command('compare')
    .description('what changed from one run to another, as far as it can be told')
    .argument('<a>', 'folder of a run or a performance suite, or its run.json or bench.json')
    .argument('<b>', 'another')
    .option('--noise <run...>', 'two runs of the same on this machine: no smaller change is named')
    .option('--html <file>', 'a page, too')
    .option('--json', 'the comparison on standard output (lvslab.compare/1)', false)
    .addHelpText('after', HELP)
    .action(async (a: string, b: string, options: Options) => {
      const { compareFiles } = await import('../compare-files.ts')
      const worse = await compareFiles(a, b, options)
      setExitCode(worse ? ExitCode.claimFailed : ExitCode.pass)
    })
}
