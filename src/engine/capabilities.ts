import { UsageError } from '../errors.ts'

/** What an engine can do to a cluster, beside running commands on its machines. */
export const CAPABILITIES = [
  /** Run a command on a machine. */
  'exec',
  /** Take the power from a machine, and give it back. */
  'power',
  /** Reset a machine without a shutdown. */
  'reset',
  /** Make a machine's kernel panic. */
  'panic',
  /** Stop a machine's processor, and let it run on. */
  'freeze',
  /** Set a machine's clock by itself: not where all machines have one kernel. */
  'clock',
  /** Pull a cable, and plug it in. */
  'cable',
  /** Lose, delay, duplicate, … the frames of a cable; cut it one way. */
  'impairment',
  /** Split a network, make a hub of a switch. */
  'network',
  /** Plug in a machine that does not belong to the cluster. */
  'stranger',
  /** See every frame of every cable, with one clock: not only what passes the client's and the directors' NICs. */
  'every-frame',
  /** Count the frames of each port. */
  'port-counts',
  /** A terminal for a person. */
  'terminal',
] as const

export type Capability = (typeof CAPABILITIES)[number]

/** The code of {@link demandCapabilities}' error: nothing is wrong with the cluster, it cannot be asked here. */
export const ENGINE_LACKS = 'LVSLAB_E_ENGINE_LACKS'

export function lacking(has: ReadonlySet<Capability>, needs: readonly Capability[]): Capability[] {
  return [...new Set(needs)].filter((need) => !has.has(need))
}

/** @throws UsageError `LVSLAB_E_ENGINE_LACKS` */
export function demandCapabilities(
  engine: { readonly name: string; readonly capabilities: ReadonlySet<Capability> },
  needs: readonly Capability[],
  what: string,
): void {
  const missing = lacking(engine.capabilities, needs)
  if (missing.length === 0) return
  throw new UsageError(ENGINE_LACKS, `the ${engine.name} engine cannot ${what}: it lacks ${missing.join(', ')}`, {
    seen: `it has ${[...engine.capabilities].join(', ') || 'nothing'}`,
    todo: 'run this with an engine that can',
  })
}
