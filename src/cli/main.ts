import { CommanderError } from 'commander'
import { describeError, ExitCode, LvslabError, messageOf } from '../errors.ts'
import { version } from '../host/version.ts'
import { buildProgram } from './program.ts'

/**
 * The command line of lvslab.
 *
 * @param argv - what follows the program's name
 * @returns the exit code; an error was told on standard error
 */
export async function main(argv: string[]): Promise<number> {
  // A reader that has seen enough ("lvslab list | head") is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? ExitCode.pass : ExitCode.infrastructure)
  })
  let exitCode: number = ExitCode.pass
  try {
    const program = buildProgram(version, (code) => (exitCode = code))
    if (argv.length === 0) {
      program.outputHelp({ error: true })
      return ExitCode.usage
    }
    await program.parseAsync(argv, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has told its own already.
    if (!(error instanceof CommanderError)) process.stderr.write(`${told(error)}\n`)
    return exitCodeFor(error)
  }
}

export function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage
  if (error instanceof LvslabError) return error.exitCode
  return ExitCode.infrastructure
}

function told(error: unknown): string {
  if (error instanceof LvslabError || process.env['LVSLAB_DEBUG'] !== undefined) return describeError(error)
  return `LVSLAB_E_UNEXPECTED: ${messageOf(error)}\n  do:     set LVSLAB_DEBUG=1 to see where it comes from`
}
