import { join, resolve } from 'node:path'
import { ExitCode, InfrastructureError } from '../errors.ts'
import { allIndexes, holdIndexDay } from '../image/index.ts'
import { readRun, replaceFile } from '../report/index.ts'
import type { ClaimRecord } from '../run/record.ts'
import { bisect, told, type BisectResult, type Tally } from './bisect.ts'
import { cellsOf, type AxisValue } from './plan.ts'
import { versionsBetween } from './range.ts'
import { cellFolder, runCell } from './run-cell.ts'

export interface BisectOptions {
  readonly claim: string
  readonly axis: 'kernel' | 'keepalived'
  /** "A..B". */
  readonly range: string
  /** What the other axis stays at. */
  readonly other: string
  readonly repeat: number
  readonly out?: string | undefined
  readonly say: (line: string) => void
}

/**
 * Finds the first version of a range with which a claim fails, or with which it holds again; leaves each version's run and bisect.json in OUT.
 *
 * @throws UsageError `LVSLAB_E_RANGE`, `LVSLAB_E_BISECT_ENDS`
 */
export async function runBisect(options: BisectOptions): Promise<{ result: BisectResult; outDir: string }> {
  holdIndexDay()
  const { claim, axis, range, other, repeat, say } = options
  const outDir = resolve(options.out ?? join('reports', `bisect-${claim}-${axis}`))
  const versions = versionsBetween(axis, range, (await allIndexes(say)).indexes)
  say(`${versions.length} versions from ${versions[0]!.name} to ${versions.at(-1)!.name}, ${repeat} tries each`)
  const prove = async (value: AxisValue): Promise<Tally> => {
    const fixed = { wish: other, name: other }
    const [cell] = axis === 'kernel' ? cellsOf([value], [fixed]) : cellsOf([fixed], [value])
    say(`${axis} ${value.name}`)
    const ran = await runCell(cell!, {
      ...{ outDir, selection: [claim], repeat },
      onLine: (line) => say(`  ${line}`),
    })
    if (ran.interrupted) throw interrupted()
    if (ran.state !== 'done') return { pass: 0, fail: 0, neither: repeat }
    const run = await readRun(cellFolder(outDir, ran.id))
    const count = (verdict: string): number => run.claims.filter((one) => one.verdict === verdict).length
    const isBroken = ({ errorKind }: ClaimRecord): boolean => errorKind !== undefined && errorKind !== 'assertion'
    const reason = run.claims.find((one) => one.verdict === 'fail' && !isBroken(one))?.reason
    const broken = run.claims.filter(isBroken).length
    const [pass, fail] = [count('pass'), count('fail') - broken]
    return { pass, fail, neither: run.claims.length - pass - fail, ...(reason === undefined ? {} : { reason }) }
  }
  const result = await bisect(versions, prove)
  await replaceFile(
    join(outDir, 'bisect.json'),
    `${JSON.stringify({ schema: 'lvslab.bisect/1', claim, axis, range, ...result }, null, 2)}\n`,
  )
  return { result, outDir }
}

/** What a person reads. */
export function tellBisect({ axis, claim }: Pick<BisectOptions, 'axis' | 'claim'>, result: BisectResult): string {
  const { always, tried, skipped } = result
  const nowAndThen = always ? '' : ', now and then'
  const bad = result.change === 'break' ? result.firstBad : result.lastBad
  const reason = tried.find(({ value }) => value.wish === bad.wish)?.reason
  return [
    ...tried.map((one) => `  ${told(one)}`),
    result.change === 'break'
      ? `${claim} holds with ${axis} ${result.lastGood.name} and fails with ${result.firstBad.name}${nowAndThen}.`
      : `${claim} fails with ${axis} ${result.lastBad.name}${always ? '' : ', now and then,'} and holds with ${result.firstGood.name}.`,
    ...(reason === undefined ? [] : [`With ${bad.name}: ${reason.replaceAll(/\s+/g, ' ').slice(0, 500)}`]),
    ...(skipped.length === 0 ? [] : [`Between them, without a result: ${skipped.map(({ name }) => name).join(', ')}`]),
  ].join('\n')
}

function interrupted(): InfrastructureError {
  return new InfrastructureError('LVSLAB_E_INTERRUPTED', 'the search was interrupted', {
    todo: `the runs that there were are kept (exit code ${ExitCode.interrupted})`,
  })
}
