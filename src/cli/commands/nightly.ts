import { ExitCode } from '../../errors.ts'
import { KEEPALIVED_WISH, KERNEL_WISH, shard, shardOf, wholeNumber } from '../options.ts'
import type { AddCommand } from './command-module.ts'

const HELP = `
Every kernel with every keepalived, cell by cell; a night that was interrupted goes on when it is called again with the
same --out. A cell leads to its own report.

Known failures (--known FILE) are a YAML list of { claim, kernel, keepalived, reason, until }: until that day they make
nothing worse.

Examples:
  npx lvslab nightly dr-vrrp --kernel bullseye,bookworm,trixie --keepalived bookworm,trixie --dry-run
  npx lvslab nightly 004-4 004-8 --kernel 5.10,6.1,6.12 --keepalived 2.2.7,2.3.3 --repeat 5

Exit codes: 0 nothing is worse than the night before, 1 something is (on a first night: something that is not known fails),
3 a cell came to no result, 130 interrupted.`

interface Options {
  readonly kernel: string
  readonly keepalived: string
  readonly repeat: number
  readonly grep?: string
  readonly shard?: { readonly index: number; readonly count: number }
  readonly out?: string
  readonly before?: string
  readonly known?: string
  readonly dryRun: boolean
  readonly json: boolean
}

export const addNightly: AddCommand = (program, setExitCode) => {
  program
    .command('nightly')
    .description('prove claims with several kernels and keepaliveds, and tell what got worse')
    .argument('[selection...]', 'claims and topologies')
    .option('--kernel <wishes>', `kernels, with commas between them; each ${KERNEL_WISH}`, 'bookworm')
    .option('--keepalived <wishes>', `keepaliveds, with commas between them; each ${KEEPALIVED_WISH}`, 'bookworm')
    .option('--repeat <times>', 'prove each claim so often', wholeNumber(1), 1)
    .option('--grep <text>', 'only claims with this in their title')
    .option('--shard <index/count>', "only one machine's part of the cells (default: what the CI system says)", shard)
    .option('--out <folder>', 'where to write (default: reports/nightly/<day>)')
    .option('--before <folder>', 'the night to compare with (default: the newest beside this one)')
    .option('--known <file>', 'failures that are known, with reasons')
    .option('--dry-run', 'show the cells in their order, and run none', false)
    .option('--json', 'the record on standard output', false)
    .addHelpText('after', HELP)
    .action(async (selection: string[], options: Options) => {
      const { planNight, readNight, runNightly } = await import('../../matrix/index.ts')
      const { lookOf, print, printJson, say } = await import('../terminal/output.ts')
      const { table } = await import('../terminal/text.ts')
      const { kernel, keepalived, dryRun, json, ...rest } = options
      const axis = (text: string): string[] => text.split(',').filter((one) => one !== '')
      const all = {
        ...rest,
        shard: rest.shard ?? shardOf(process.env),
        selection,
        kernels: axis(kernel),
        keepaliveds: axis(keepalived),
        say,
      }
      if (dryRun) {
        const { night } = await planNight(all)
        const { ink, width } = lookOf()
        const head = ['', 'kernel', 'keepalived', 'state'].map(ink.dim)
        const rows = night.cells.map((cell, n) => [String(n + 1), cell.kernelName, cell.keepalivedName, cell.state])
        if (json) printJson(night)
        else print(table([head, ...rows], { width }).join('\n'))
        return setExitCode(ExitCode.pass)
      }
      const { exitCode, outDir } = await runNightly(all)
      setExitCode(exitCode)
      if (json) printJson(await readNight(outDir))
    })
}
