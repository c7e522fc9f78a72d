import { after, type ClusterTime } from '../clock.ts'
import type { Cluster, Node } from '../cluster/index.ts'
import type { LatenessSpan } from '../engine/engine.ts'
import { judge, type Judgement, type Window } from '../verdict/index.ts'
import type { ClaimRecord, Figure, Sweep } from './record.ts'

export interface Measurement {
  readonly name: string
  readonly value: number
  /** Default: "ms". */
  readonly unit?: string
  readonly window?: Window
  /** When the measured span began: how late the machines were in it decides what a miss means. */
  readonly since?: ClusterTime
  /** When the time in which lateness counts ended. Default: `value` after `since`. */
  readonly until?: ClusterTime
  /** Whose lateness can have caused a miss. Default: anybody's. */
  readonly of?: readonly Node[]
  /** The span lies between two firings of one machine's own timer: a late first one makes it look short. */
  readonly periodic?: boolean
  /**
   * Lateness from here on, ms, can have caused a miss of any size: of a client that stood still for as long as it waits
   * for an answer, one more request is lost, whenever that was.
   */
  readonly decisiveMs?: number
  /** How much longer the span may have been, ms. */
  readonly uncertaintyMs?: number
  readonly note?: string
}

/** A claim's figures, and what the lateness of harness and machines leaves of them. */
export class Measurements {
  readonly figures: Figure[] = []
  /** Figures that missed their windows by less than the machine's lateness, by name, with the reason. */
  readonly undecided = new Map<string, string>()
  #lateness = { fabricMaxMs: 0, fabricP99Ms: 0 }

  get lateness(): NonNullable<ClaimRecord['lateness']> {
    return this.#lateness
  }

  /** A figure; with a window, one that must lie inside it. Answers whether it does. */
  async measure(cluster: Cluster, measurement: Measurement): Promise<boolean> {
    const { name, value, unit = 'ms', window, uncertaintyMs = 0 } = measurement
    const judgement = await this.judge(cluster, measurement)
    const note = [
      measurement.note,
      uncertaintyMs >= 1 ? `up to ${uncertaintyMs.toFixed(0)} ms longer` : undefined,
      judgement === 'undecided'
        ? 'not decided: the machine was late by more than the miss, or by enough to cause it'
        : undefined,
    ].filter((part) => part !== undefined)
    this.figures.push({
      ...{ name, value: Math.round(value * 1000) / 1000, unit },
      ...(window && {
        window: windowOf(window),
        within: judgement === 'inside',
      }),
      ...(note.length === 0 ? {} : { note: note.join('; ') }),
    })
    return judgement === undefined || judgement === 'inside'
  }

  /** What the lateness of harness and machines leaves of a measurement. Notes what it leaves undecided. */
  async judge(cluster: Cluster, measurement: Measurement): Promise<Judgement | undefined> {
    const { name, value, window, since, uncertaintyMs = 0 } = measurement
    const late = since === undefined ? undefined : await cluster.lateness(since, spanOf(measurement, since))
    if (late) this.noteLateness(late)
    if (!window) return undefined
    const lateBy = {
      fabricLateMs: late?.fabricMaxMs ?? 0,
      machineLateMs: late?.machineMs ?? 0,
      startLateMs: since === undefined ? 0 : await startLateness(cluster, measurement, since),
    }
    const { decisiveMs = Infinity } = measurement
    const judgement = judge({ valueMs: value, uncertaintyMs, decisiveMs, ...lateBy }, window)
    if (judgement === 'undecided') {
      const lateMs = lateBy.fabricLateMs + lateBy.machineLateMs + lateBy.startLateMs
      const miss = `${value.toFixed(1)} ms misses ${window.minMs}..${window.maxMs} ms`
      const decisive = lateBy.machineLateMs >= decisiveMs
      const than = decisive ? 'and the machine was late enough to cause that' : 'by less than the machine was late'
      this.undecided.set(name, `${name}: ${miss} ${than} (${lateMs.toFixed(0)} ms)`)
    }
    return judgement
  }

  /** How late the instrument was: the worst counts. */
  noteLateness({ fabricMaxMs, fabricP99Ms }: { readonly fabricMaxMs: number; readonly fabricP99Ms: number }): void {
    const larger = (a: number, b: number): number => Math.round(Math.max(a, b) * 100) / 100
    this.#lateness = {
      fabricMaxMs: larger(this.#lateness.fabricMaxMs, fabricMaxMs),
      fabricP99Ms: larger(this.#lateness.fabricP99Ms, fabricP99Ms),
    }
  }
}

/** A window as the record has it. */
export function windowOf({ minMs, maxMs, formula, source }: Window): Sweep['window'] {
  return { min: minMs, max: maxMs, formula, source }
}

/** A timer is late by what its machine waited for a processor around its firing; the meter looks four times a second. */
const START_SPAN_MS = 500

async function startLateness(cluster: Cluster, { periodic, of }: Measurement, since: ClusterTime): Promise<number> {
  if (periodic !== true) return 0
  const { machineMs } = await cluster.lateness(after(since, -START_SPAN_MS), { until: since, ...machinesOf(of) })
  return machineMs
}

/** Lateness after what was measured had ended excuses nothing. */
function spanOf({ value, unit = 'ms', of, until }: Measurement, since: ClusterTime): LatenessSpan {
  const end = until ?? (unit === 'ms' && value > 0 ? after(since, value) : undefined)
  return {
    ...(end === undefined ? {} : { until: end }),
    ...machinesOf(of),
  }
}

function machinesOf(nodes: Measurement['of']): Pick<LatenessSpan, 'machines'> {
  return nodes === undefined ? {} : { machines: nodes.map(({ name }) => name) }
}
