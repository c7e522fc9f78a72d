import { ExitCode, UsageError } from '../../errors.ts'
import { KEEPALIVED_WISH, KERNEL_WISH, wholeNumber } from '../options.ts'
import type { AddCommand } from './command-module.ts'

const HELP = `
One of --kernel and --keepalived is a range, A..B; the other stays as it is. Where the claim holds with A and fails with B,
the first bad version is found; where it fails with A and holds with B, the first that is mended. Each version is proven
several times: one that fails even once is bad, and whether it always does is told.

Example:
  npx lvslab bisect --claim 004-4 --kernel 6.1.0-47..6.1.0-56
  npx lvslab bisect --claim reg-keepalived-2704 --keepalived 2.1.5..2.3.3

Exit codes: 0 found, 2 both ends are alike, 3 infrastructure.`

interface Options {
  readonly claim: string
  readonly kernel: string
  readonly keepalived: string
  readonly repeat: number
  readonly out?: string
  readonly json: boolean
}

export const addBisect: AddCommand = (program, setExitCode) => {
  program
    .command('bisect')
    .description('find the kernel or keepalived with which a claim came to fail, or to hold')
    .requiredOption('--claim <id>', 'the claim')
    .option('--kernel <range>', `A..B of versions, or one for all: ${KERNEL_WISH}`, 'bookworm')
    .option('--keepalived <range>', `A..B of versions, or one for all: ${KEEPALIVED_WISH}`, 'bookworm')
    .option('--repeat <times>', 'tries of each version', wholeNumber(1), 3)
    .option('--out <folder>', 'where to write (default: reports/bisect-<claim>-<axis>)')
    .option('--json', 'the result on standard output (lvslab.bisect/1)', false)
    .addHelpText('after', HELP)
    .action(async ({ claim, kernel, keepalived, json, ...rest }: Options) => {
      const ranges = [kernel, keepalived].filter(isRange)
      if (ranges.length !== 1) {
        throw new UsageError('LVSLAB_E_RANGE', 'one of --kernel and --keepalived must be a range', {
          todo: 'for example --kernel 6.1..6.12',
        })
      }
      const { runBisect, tellBisect } = await import('../../matrix/index.ts')
      const { print, printJson, say } = await import('../terminal/output.ts')
      const axis = isRange(kernel) ? 'kernel' : 'keepalived'
      const [range, other] = axis === 'kernel' ? [kernel, keepalived] : [keepalived, kernel]
      const { result, outDir } = await runBisect({ claim, axis, range, other, say, ...rest })
      if (json) printJson({ schema: 'lvslab.bisect/1', claim, axis, range, ...result })
      else print(`${tellBisect({ axis, claim }, result)}\nevidence in ${outDir}`)
      setExitCode(ExitCode.pass)
    })
}

/** A path may have two dots, too. */
function isRange(wish: string): boolean {
  return wish.includes('..') && !wish.includes('/')
}
