import type { ClusterClock, ClusterTime } from '../clock.ts'

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
  /** What healing cannot undo, in a sentence; nothing, where all is as it was before. */
  readonly remains?: string
  /** Undoes it. Does nothing the second time, but tries again what has failed. Answers when that was done. */
  heal(): Promise<ClusterTime>
}

export interface FaultParts {
  readonly kind: string
  readonly target: string
  readonly at: ClusterTime
  readonly uncertaintyMs?: number
  readonly remains?: string
  readonly now: () => ClusterTime
  /** Answers when, if it knows better than the moment at which it is done. */
  readonly undo: () => Promise<ClusterTime | undefined>
}

export function fault(parts: FaultParts): Fault {
  let healed: Promise<ClusterTime> | undefined
  const heal = (): Promise<ClusterTime> => {
    healed ??= parts.undo().then(
      (at) => at ?? parts.now(),
      (error: unknown) => {
        healed = undefined
        throw error
      },
    )
    return healed
  }
  return {
    kind: parts.kind,
    target: parts.target,
    at: parts.at,
    uncertaintyMs: parts.uncertaintyMs ?? 0,
    ...(parts.remains === undefined ? {} : { remains: parts.remains }),
    heal,
    [Symbol.asyncDispose]: async () => {
      await heal()
    },
  }
}

export interface Strike extends Pick<FaultParts, 'kind' | 'target' | 'remains' | 'undo'> {
  /** Breaks it. Answers when it was broken, if it knows better than the moment at which it is done. */
  readonly inflict: () => Promise<ClusterTime | void>
}

/**
 * Breaks something by a command that takes its time. What fails half way is undone before it throws, so that nothing is
 * left behind of a fault that nobody holds.
 */
export async function strike({ clock }: { readonly clock: ClusterClock }, parts: Strike): Promise<Fault> {
  const { inflict, ...rest } = parts
  const now = (): ClusterTime => clock.now()
  const began = now()
  try {
    const at = (await inflict()) ?? now()
    return fault({ ...rest, at, uncertaintyMs: at - began, now })
  } catch (error) {
    // What went wrong first is what matters; a machine that is gone has nothing to undo.
    await parts.undo().catch(() => undefined)
    throw error
  }
}
