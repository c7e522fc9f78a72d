import type { VrrpInstance } from '../../topology/keepalived-conf/index.ts'
import { effectivePriority, type Span, type Tracker } from './tracking.ts'
import { masterDownInterval, skewTime } from './vrrp-timers.ts'
import { eitherWindow, inMs, noWindow, STEP_TOLERANCE_MS, toWindow, type Window } from './window.ts'

/** What an instance tracks changes, and how long keepalived takes to notice. */
export interface TrackedChange {
  readonly tracker: Tracker
  /** The others that it tracks, which stay good. */
  readonly others?: readonly Tracker[]
  /** One for each rule that the version may follow. */
  readonly noticed: readonly Span[]
}

/**
 * What the master tracks turns bad: until the successor's first advert.
 *
 * Without weight the master enters FAULT and says so by an advert of priority 0: the successor waits Skew_Time. With a
 * weight it goes on with a lower priority; a successor that prefers itself ignores its adverts from then on, and takes
 * over a master down interval after the last advert that it accepted.
 *
 * @throws UsageError `LVSLAB_E_WINDOW_NONE` where that moves nothing
 */
export function trackedTakeover(master: VrrpInstance, successor: VrrpInstance, change: TrackedChange): Window {
  const { tracker, noticed } = change
  const name = `VRRP takeover by the tracked ${tracker.name}`
  const common = { name, from: `what ${tracker.name} tracks fails`, to: 'the first advert of the successor' }
  if (tracker.weight === 0) {
    if (tracker.reverse) noWindow(name, 'it is tracked in reverse: its failure is what the instance needs to be up')
    const { ms, formula } = skewTime(successor, master)
    const source = 'keepalived vrrp_track.c down_instance, vrrp.c vrrp_state_leave_master (priority 0)'
    const span = { earliestMs: ms, latestMs: ms, exact: `${formula} = ${inMs(ms)}`, source, steps: 1 }
    return join(common, noticed, span)
  }
  const lowered = priorityWhen(master, change, false)
  if (lowered >= successor.priority) {
    noWindow(name, `priority ${lowered} is still not below ${successor.priority}, so ${successor.name} leaves it alone`)
  }
  return join(common, noticed, preferring(name, successor, successor.priority, master))
}

/**
 * What the preferred router tracks is good again: until its first advert, which takes the VIP back from `current`.
 *
 * @throws UsageError `LVSLAB_E_WINDOW_NONE` where nopreempt keeps it from coming back, or it is not preferred
 */
export function trackedReturn(preferred: VrrpInstance, current: VrrpInstance, change: TrackedChange): Window {
  const { tracker, noticed } = change
  const name = `VRRP return by the tracked ${tracker.name}`
  const common = { name, from: `what ${tracker.name} tracks is well again`, to: 'its first advert' }
  const raised = priorityWhen(preferred, change, true)
  if (raised <= current.priority) noWindow(name, `priority ${raised} is not above ${current.priority}`)
  const span = preferring(name, preferred, raised, current)
  // Without weight it leaves FAULT, and then its interval begins; with one it had been listening all the while.
  const fromFault =
    tracker.weight === 0 && preferred.preemptDelayS === 0
      ? { ...span, earliestMs: span.latestMs, exact: masterDownInterval(preferred, current).formula }
      : span
  return join(common, noticed, fromFault)
}

/** A listener that prefers itself ignores adverts: a master down interval after the last that it accepted. */
function preferring(name: string, listener: VrrpInstance, priority: number, heard: VrrpInstance): Span {
  if (listener.nopreempt) noWindow(name, `${listener.name} has nopreempt and leaves a lower master alone`)
  const { ms, formula } = masterDownInterval({ ...listener, priority }, heard)
  const advertMs = heard.advertIntS * 1000
  const delayMs = listener.preemptDelayS * 1000
  const source = 'keepalived vrrp.c vrrp_state_backup, vrrp_track.c vrrp_set_effective_priority'
  if (delayMs === 0) {
    return {
      // The advert that was due at that moment may have been late, and then was ignored.
      earliestMs: Math.max(0, ms - advertMs - STEP_TOLERANCE_MS),
      latestMs: ms,
      exact: `${formula}, less at most one advert interval (${inMs(advertMs)} + ${inMs(STEP_TOLERANCE_MS)})`,
      source,
      steps: 1,
    }
  }
  // The delay begins with the first lower advert heard; until it is over, each of them restarts the interval.
  return {
    earliestMs: Math.max(0, delayMs - advertMs) + ms,
    latestMs: delayMs + advertMs + ms,
    exact: `preempt_delay ${inMs(delayMs)} ± one advert interval + ${formula}`,
    source,
    steps: 2,
  }
}

function priorityWhen(instance: VrrpInstance, { tracker, others = [] }: TrackedChange, good: boolean): number {
  const rest = others.map((other) => ({ ...other, good: true }))
  return effectivePriority(instance, [...rest, { ...tracker, good }])
}

function join(common: Pick<Window, 'name' | 'from' | 'to'>, noticed: readonly Span[], then: Span): Window {
  return eitherWindow(
    noticed.map((span) =>
      toWindow({
        ...common,
        earliestMs: span.earliestMs + then.earliestMs,
        latestMs: span.latestMs + then.latestMs,
        exact: `${span.exact}; then ${then.exact}`,
        source: `${span.source}; ${then.source}`,
        steps: span.steps + then.steps,
      }),
    ),
  )
}
