import { Parser, type Result } from 'tap-parser'
import { stringify } from 'yaml'

/** How many tests, or claims, ended how. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0 }
const oneFailed: Tally = { passed: 0, failed: 1, skipped: 0 }

export function add(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/**
 * Counts the named tests in what `tap --output-file` wrote: a file is a subtest of the stream, a test one of the file's.
 * A file that failed without any failed test (it crashed, or ran none) counts as one failed; so does a truncated stream.
 */
export function tallyTap(text: string): Tally {
  let total = nothing
  let inFile: Tally = nothing
  const parser = new Parser((results) => {
    // Without a plan nobody knows how many files there should have been.
    const whole = results.ok && (results.plan.end ?? 0) > 0
    if (!whole && total.failed === 0) total = add(total, oneFailed)
  })
  parser.on('child', (file: Parser) => {
    inFile = nothing
    file.on('assert', (test: Result) => (inFile = add(inFile, outcome(test))))
  })
  parser.on('assert', (file: Result) => {
    total = add(total, ofFile(file, inFile))
    inFile = nothing
  })
  parser.end(text)
  return total
}

/** What the failed assertions of a TAP stream have to say, for a log. */
export function failuresIn(text: string): string {
  return failedAssertions(text)
    .map(
      ({ name, diag }) =>
        `✖ ${name}\n${stringify(diag ?? {})
          .replace(/^/gm, '    ')
          .trimEnd()}`,
    )
    .join('\n\n')
}

function failedAssertions(text: string): Result[] {
  return [...Parser.parse(text, { flat: true })].flatMap(([kind, event]) => {
    if (kind !== 'assert') return []
    const result = event as Result
    return result.ok || result.todo ? [] : [result]
  })
}

/** Characters of one failure in the list at a log's end. */
const BRIEF = 600

/** Each failed assertion of a TAP stream in a line: "tests/a.test.ts > it counts > one is two". */
export function failedTests(text: string): string[] {
  return failedAssertions(text).map(({ name }) => name.slice(0, BRIEF))
}

/** Each claim of a run record that proved nothing, with its reason, in a line. */
export function failedClaims(json: string): string[] {
  const { claims } = JSON.parse(json) as { claims: readonly FailedClaim[] }
  return claims
    .filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip')
    .map(({ id, verdict, code, reason }) => {
      const why = [code, reason?.replace(/\s+/g, ' ')].filter((part) => part !== undefined).join(': ')
      return `${id} (${verdict}): ${why}`.slice(0, BRIEF)
    })
}

interface FailedClaim {
  readonly id: string
  readonly verdict: string
  readonly code?: string
  readonly reason?: string
}

function ofFile(file: Result, tests: Tally): Tally {
  const { passed, failed, skipped } = tests
  if (passed + failed + skipped === 0) return outcome(file)
  return !file.ok && failed === 0 ? add(tests, oneFailed) : tests
}

function outcome(test: Result): Tally {
  if (test.skip || test.todo) return { passed: 0, failed: 0, skipped: 1 }
  return test.ok ? { passed: 1, failed: 0, skipped: 0 } : oneFailed
}

/** Counts a run record's claims. An inconclusive one proves nothing, so it is not a pass. */
export function tallyRun(json: string): Tally {
  const { claims } = JSON.parse(json) as { claims: readonly { verdict: string }[] }
  return claims
    .map(({ verdict }): Tally => {
      if (verdict === 'skip') return { passed: 0, failed: 0, skipped: 1 }
      return verdict === 'pass' ? { passed: 1, failed: 0, skipped: 0 } : oneFailed
    })
    .reduce(add, nothing)
}

/** A stage that failed has at least one failure, whatever its report says, or fails to. */
export function withExitCode(tally: Tally, exitCode: number): Tally {
  return exitCode !== 0 && tally.failed === 0 ? add(tally, oneFailed) : tally
}

/** The line that a CI reads: "120 passed, 0 failed", then what was skipped, if anything was. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed` + (skipped === 0 ? '' : `, ${skipped} skipped`)
}
