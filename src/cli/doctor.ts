import { ExitCode } from '../errors.ts'
import { checkHost, type Check } from './doctor-checks.ts'

/**
 * Says whether this host can run lvslab, and how to set right what is not: a table, or with `json`
 * `{ok, checks: [{name, ok, optional?, detail, fix?}]}`.
 *
 * @returns the exit code: 0, or 4 when something needed is missing
 */
export async function doctor({ json }: { readonly json: boolean }): Promise<number> {
  const checks = await checkHost()
  const ok = checks.every((check) => check.ok || check.optional === true)
  console.log(json ? JSON.stringify({ ok, checks }, null, 2) : table(checks, ok, useColour()))
  return ok ? ExitCode.pass : ExitCode.prerequisite
}

function useColour(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === ''
}

/** ECMA-48, select graphic rendition; util.styleText came with Node.js 20.12 only. */
const COLOURS = { red: 31, green: 32, yellow: 33 } as const

/** One line per check, and under what is not right the line that fixes it. */
export function table(checks: readonly Check[], ok: boolean, colour: boolean): string {
  const paint = (name: keyof typeof COLOURS, text: string): string =>
    colour ? `\x1b[${COLOURS[name]}m${text}\x1b[39m` : text
  const width = Math.max(...checks.map(({ name }) => name.length))
  const lines = checks.flatMap((check) => {
    const mark = check.ok ? paint('green', '✓') : check.optional ? paint('yellow', '!') : paint('red', '✗')
    const line = `${mark} ${check.name.padEnd(width)}  ${check.detail}`
    return check.fix === undefined || check.ok ? [line] : [line, `  ${' '.repeat(width)}  do: ${check.fix}`]
  })
  const missing = checks.filter((check) => !check.ok && check.optional !== true).length
  const closing = ok
    ? 'This host is ready.'
    : `${missing} ${missing === 1 ? 'prerequisite is' : 'prerequisites are'} missing; "bash scripts/setup.sh" installs packages.`
  return [...lines, '', closing].join('\n')
}
