import type { Tracked, VrrpInstance, VrrpScript } from '../../topology/keepalived-conf/index.ts'
import { OVERDUE_SCRIPT, type OverdueScript } from './version-table.ts'
import { forVersion } from './versions.ts'
import { eitherWindow, inS, STEP_TOLERANCE_MS, toWindow, type Window } from './window.ts'

/**
 * How a tracked script fails: it `exits` with another status than 0, within its own time; or it `hangs` and is ended by
 * SIGTERM when its timeout is over (it is taken to end on that; one that does not gets SIGKILL 2 s later).
 */
export type ScriptFailure = 'exits' | 'hangs'

/** Exact ends of something, before tolerance; part of a window. */
export interface Span {
  readonly earliestMs: number
  readonly latestMs: number
  readonly exact: string
  readonly source: string
  readonly steps: number
}

const SCRIPT_SOURCE = 'keepalived vrrp_scheduler.c vrrp_script_thread, vrrp_script_child_thread'

/**
 * What a script looks at fails: until keepalived counts it as bad. That takes `fall` failed runs in a row, which begin
 * one interval apart; the first begins within one interval.
 */
export function scriptFall(script: VrrpScript, failure: ScriptFailure, version: string): Window {
  return eitherWindow(scriptFallSpans(script, failure, version).map((span) => scriptWindow(script, 'fall', span)))
}

/** What a script looks at is well again: until keepalived counts it as good, after `rise` good runs in a row. */
export function scriptRise(script: VrrpScript, failure: ScriptFailure, version: string): Window {
  return eitherWindow(scriptRiseSpans(script, failure, version).map((span) => scriptWindow(script, 'rise', span)))
}

/** The spans of {@link scriptFall}, one for each rule that the version may follow. */
export function scriptFallSpans(script: VrrpScript, failure: ScriptFailure, version: string): Span[] {
  const { timeoutS, fall } = script
  return periods(script, failure, version).map(({ minS, maxS, text }) => ({
    // A run that had begun before the failure counts, too: a good one is short.
    earliestMs: Math.max(0, (fall - 1) * minS * 1000 + (failure === 'hangs' ? timeoutS * 1000 - STEP_TOLERANCE_MS : 0)),
    latestMs: (fall * maxS + timeoutS) * 1000,
    exact:
      `up to ${text} until the next run, ${fall} failed ${fall === 1 ? 'run' : 'runs'} (fall) ${text} apart, the last ` +
      (failure === 'hangs' ? `of timeout ${inS(timeoutS)}` : `of up to timeout ${inS(timeoutS)}`),
    source: SCRIPT_SOURCE,
    steps: fall + 1,
  }))
}

/** The spans of {@link scriptRise}. */
export function scriptRiseSpans(script: VrrpScript, failure: ScriptFailure, version: string): Span[] {
  const { intervalS, timeoutS, rise } = script
  return periods(script, failure, version).map(({ maxS, text }) => ({
    earliestMs: (rise - 1) * intervalS * 1000,
    latestMs: (maxS + (rise - 1) * intervalS + timeoutS) * 1000,
    exact:
      `up to ${text} until the next run, ${rise} good ${rise === 1 ? 'run' : 'runs'} (rise) ${inS(intervalS)} apart, ` +
      `the last of up to timeout ${inS(timeoutS)}`,
    source: SCRIPT_SOURCE,
    steps: rise + 1,
  }))
}

/** An interface loses its carrier: the kernel may hold that back for a second; one that comes back it tells at once. */
export function carrierSpan(change: 'lost' | 'back'): Span {
  const latestMs = change === 'lost' ? 1000 : 0
  return {
    earliestMs: 0,
    latestMs,
    exact: change === 'lost' ? '0 to 1000 ms until the kernel tells of a lost carrier' : 'at once',
    source: 'net/core/link_watch.c linkwatch_schedule_work; keepalived keepalived_netlink.c process_if_status_change',
    steps: 1,
  }
}

/** A tracked line with what it leaves to the script filled in. */
export interface Tracker {
  readonly name: string
  readonly weight: number
  readonly reverse: boolean
}

export function trackerOf(tracked: Tracked, script?: VrrpScript): Tracker {
  return {
    name: tracked.name,
    weight: tracked.weight ?? script?.weight ?? 0,
    reverse: tracked.reverse ?? script?.reverse ?? false,
  }
}

/**
 * The priority that an instance advertises: its own, plus each positive weight whose tracker is good, and each negative
 * one whose tracker is bad; the other way round with `reverse`. Never below 1, nor above 254; 255 stays as it is
 * (vrrp_track.c, process_script_update_priority, vrrp_set_effective_priority).
 */
export function effectivePriority(
  { priority }: Pick<VrrpInstance, 'priority'>,
  trackers: readonly (Tracker & { readonly good: boolean })[],
): number {
  if (priority === 255) return 255
  const sum = trackers.reduce((total, { weight, reverse, good }) => {
    const counts = weight > 0 ? good : !good
    return total + (counts ? (reverse ? -weight : weight) : 0)
  }, priority)
  return Math.max(1, Math.min(254, sum))
}

interface Period {
  readonly minS: number
  readonly maxS: number
  readonly text: string
}

/**
 * From the beginning of one failing run to the beginning of the next. It is the interval, unless runs outlast it: then
 * one that is due meanwhile is run beside it, or left out. With timeout and interval alike both fall due at once.
 */
function periods({ intervalS, timeoutS }: VrrpScript, failure: ScriptFailure, version: string): Period[] {
  const plain = { minS: intervalS, maxS: intervalS, text: `interval ${inS(intervalS)}` }
  if (timeoutS < intervalS) return [plain]
  const by: Readonly<Record<OverdueScript, Period>> = {
    'runs-beside': plain,
    'left-out': {
      minS: failure === 'hangs' ? intervalS * Math.ceil(timeoutS / intervalS) : intervalS,
      maxS: intervalS * (Math.floor(timeoutS / intervalS) + 1),
      text: `up to ${Math.floor(timeoutS / intervalS) + 1} × interval ${inS(intervalS)} (a run that is due while one goes on is left out)`,
    },
  }
  return forVersion(OVERDUE_SCRIPT.rows, version, OVERDUE_SCRIPT.what).map((rule) => by[rule])
}

function scriptWindow({ name }: VrrpScript, which: 'fall' | 'rise', span: Span): Window {
  return toWindow({
    name: `${which} of the tracked script ${name}`,
    from: which === 'fall' ? 'what it looks at fails' : 'what it looks at is well again',
    to: `keepalived counts it as ${which === 'fall' ? 'bad' : 'good'}`,
    ...span,
  })
}
