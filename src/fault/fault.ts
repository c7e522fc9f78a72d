import type { ClusterTime } from '../clock.ts'

/** Something that was broken on purpose. Leaving its scope heals it. */
export interface Fault extends AsyncDisposable {
  /** "powerCut", "unplug", … */
  readonly kind: string
  /** What it struck: "keepalived", "node-1:eth1". */
  readonly target: string
  /** When it struck, on the cluster's clock; the end of the span in which it may have. */
  readonly at: ClusterTime
  /** How much earlier than `at` it may have taken effect, ms: the command that did it took that long. */
  readonly uncertaintyMs: number
  /** Undoes it. Does nothing the second time. Answers when that was done. */
  heal(): Promise<ClusterTime>
}

export interface FaultParts {
  readonly kind: string
  readonly target: string
  readonly at: ClusterTime
  readonly uncertaintyMs?: number
  readonly now: () => ClusterTime
  /** Answers when, if it knows better than the moment at which it is done. */
  readonly undo: () => Promise<ClusterTime | undefined>
}

export function fault(parts: FaultParts): Fault {
  let healed: Promise<ClusterTime> | undefined
  const heal = (): Promise<ClusterTime> => {
    healed ??= parts.undo().then((at) => at ?? parts.now())
    return healed
  }
  return {
    kind: parts.kind,
    target: parts.target,
    at: parts.at,
    uncertaintyMs: parts.uncertaintyMs ?? 0,
    heal,
    [Symbol.asyncDispose]: async () => {
      await heal()
    },
  }
}
