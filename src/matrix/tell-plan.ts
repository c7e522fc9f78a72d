import { existsSync } from 'node:fs'
import { listEntries } from '../image/index.ts'
import { Durations } from '../run/progress/durations.ts'
import { selectClaims } from '../run/selection.ts'
import { estimate, type Estimate } from './estimate.ts'
import { imagesOf, type WantedImage } from './images-ahead.ts'
import type { CellRecord } from './night.ts'
import type { PlannedNight } from './plan-night.ts'
import { likelihoodOf, type Likelihood } from './plan.ts'
import { isCached } from './run-nightly.ts'

/** What `nightly --dry-run` answers, and `--json` prints. */
export const PLAN_SCHEMA = 'lvslab.nightly-plan/1'

export interface TellPlan {
  readonly schema: typeof PLAN_SCHEMA
  readonly outDir: string
  /** In the order in which they are to be run. */
  readonly cells: readonly {
    readonly id: string
    readonly kernel: string
    readonly keepalived: string
    readonly state: CellRecord['state']
    /** Why it is where it is in the order. */
    readonly why: Likelihood
    /** ms; absent where nothing is known. */
    readonly estimateMs?: number
  }[]
  /** Images that are not there yet. */
  readonly toBuild: readonly WantedImage[]
  readonly estimate: Pick<Estimate, 'from' | 'totalMs' | 'imagesMs'>
  /** The night that it will be compared with. */
  readonly before?: string
}

/** What a night would do, and how long it would take; of one that was begun, what is left. */
export async function tellPlan(
  { night, outDir, history }: PlannedNight,
  say: (line: string) => void,
): Promise<TellPlan> {
  const left = night.cells.filter(({ state }) => state !== 'done')
  const toBuild: WantedImage[] = []
  for (const image of imagesOf(left)) if (!(await isCached(image, say))) toBuild.push(image)
  const entries = await listEntries()
  const built = entries.flatMap(({ manifest: { kind, buildMs } }) =>
    kind === 'kernel' || kind === 'userland'
      ? [{ kind: kind === 'kernel' ? ('kernel' as const) : ('keepalived' as const), durationMs: buildMs }]
      : [],
  )
  const expected = estimate(left, { history, work: night, claimsMs: await usualMs(night), toBuild, built })
  const { from, totalMs, imagesMs } = expected
  return {
    schema: PLAN_SCHEMA,
    outDir,
    cells: night.cells.map((cell) => {
      const estimateMs = expected.cells.get(cell.id)
      return {
        ...{ id: cell.id, kernel: cell.kernelName, keepalived: cell.keepalivedName, state: cell.state },
        why: likelihoodOf(cell, history),
        ...(estimateMs === undefined ? {} : { estimateMs: Math.round(estimateMs) }),
      }
    }),
    toBuild,
    estimate: { from, totalMs: Math.round(totalMs), imagesMs: Math.round(imagesMs) },
    ...(night.before === undefined ? {} : { before: night.before }),
  }
}

/** ms that a cell's claims took by themselves on this machine; undefined where one of them never ran. */
async function usualMs(night: PlannedNight['night']): Promise<number | undefined> {
  const claims = [...(await selectClaims({ wanted: night.selection, grep: night.grep })).values()].flat()
  const kind = process.env['LVSLAB_ACCEL'] ?? (existsSync('/dev/kvm') ? 'kvm' : 'tcg')
  // A /dev/kvm that is of no use leaves durations under emulation alone.
  for (const one of [kind, 'tcg']) {
    const took = new Durations(one).read()
    const each = claims.flatMap(({ id }) => took.get(id) ?? [])
    if (each.length === claims.length) return each.reduce((sum, ms) => sum + ms, 0) * night.repeat
  }
  return undefined
}
