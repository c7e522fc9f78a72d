import { LvslabError, messageOf } from '../../errors.ts'
import { removeScratchDir, scratchDir } from '../../host/paths.ts'
import { CELLS, sample, type Burst, type Sample } from './cells.ts'
import { openVariant, VARIANTS, type OpenVariant, type Variant } from './variants.ts'

/** Every round's samples, by variant and cell. */
export type Samples = ReadonlyMap<string, ReadonlyMap<string, readonly Sample[]>>

export interface Measurement {
  readonly samples: Samples
  readonly rounds: number
  readonly variants: readonly Variant[]
  readonly leftOut: readonly { readonly variant: Variant; readonly reason: string }[]
  readonly lost: number
}

export interface Budget {
  /** Rounds are begun while another one fits in it, ms, all in all; at least {@link LEAST_ROUNDS} are made. */
  readonly totalMs: number
  readonly burst: Burst
}

const LEAST_ROUNDS = 3
const MOST_ROUNDS = 40
/** A 99th percentile of fewer says little, and so does a rate. */
const LEAST_FRAMES = 50

interface Networks {
  readonly open: readonly OpenVariant[]
  readonly leftOut: Measurement['leftOut']
}

/**
 * Measures every cell of every network once in a round, the networks taking turns within each cell and in another order
 * each round: what the host does meanwhile strikes all alike. One round before them is not counted.
 */
export async function measure(budget: Budget, say: (line: string) => void): Promise<Measurement> {
  const deadlineMs = performance.now() + budget.totalMs
  const directory = await scratchDir('bench')
  const open: OpenVariant[] = []
  try {
    const leftOut = await openAll(directory, open, say)
    return await measureAll({ open, leftOut }, budget.burst, deadlineMs, say)
  } finally {
    await Promise.allSettled(open.map((network) => network[Symbol.asyncDispose]()))
    await removeScratchDir(directory)
  }
}

/** All at once; adds those that could be opened to `open`, in their order, and answers the others. */
async function openAll(
  directory: string,
  open: OpenVariant[],
  say: (line: string) => void,
): Promise<Measurement['leftOut']> {
  const tried = await Promise.allSettled(VARIANTS.map((variant) => openVariant(variant, directory)))
  for (const result of tried) if (result.status === 'fulfilled') open.push(result.value)
  return tried.flatMap((result, index) => {
    if (result.status === 'fulfilled') return []
    const variant = VARIANTS[index]!
    // The kernel's bridge is there to compare with, and not every host lets us have one; the rest must work.
    if (variant.kind !== 'bridge') throw result.reason
    const reason = reasonOf(result.reason)
    say(`left out: ${variant.label}: ${reason}`)
    return [{ variant, reason }]
  })
}

async function measureAll(
  { open, leftOut }: Networks,
  burst: Burst,
  deadlineMs: number,
  say: (line: string) => void,
): Promise<Measurement> {
  const samples = new Map(open.map(({ variant }) => [variant.id, new Map(CELLS.map(({ id }) => [id, [] as Sample[]]))]))
  const round = async (number: number): Promise<void> => {
    for (const [index, cell] of CELLS.entries()) {
      for (const [turn] of open.entries()) {
        const network = open[(turn + number + index) % open.length]!
        const taken = await sample(network, cell, burst)
        if (number > 0) samples.get(network.variant.id)!.get(cell.id)!.push(taken)
      }
    }
  }
  const warmMs = performance.now()
  await round(0)
  const startedMs = performance.now()
  const room = (deadlineMs - startedMs) / ((startedMs - warmMs) * LEAST_ROUNDS)
  // On a host that is too busy, shorter bursts rather than a bench that does not end.
  if (room < 1) burst = { flowFrames: scaled(burst.flowFrames, room), pingFrames: scaled(burst.pingFrames, room) }
  let longestMs = (startedMs - warmMs) * Math.min(1, room)
  let rounds = 0
  while (rounds < MOST_ROUNDS) {
    const begunMs = performance.now()
    if (rounds >= LEAST_ROUNDS && begunMs + longestMs > deadlineMs) break
    await round(++rounds)
    longestMs = Math.max(longestMs, performance.now() - begunMs)
    if (rounds % 5 === 0) say(`${rounds} rounds in ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
  }
  const lost = (await Promise.all(open.map((network) => network.lost()))).reduce((sum, count) => sum + count, 0)
  return { samples, rounds, variants: open.map(({ variant }) => variant), leftOut, lost }
}

function scaled(frames: number, factor: number): number {
  return Math.max(LEAST_FRAMES, Math.floor(frames * factor))
}

/** The last line that the helper said, which names what failed. */
function reasonOf(error: unknown): string {
  const text = error instanceof LvslabError ? (error.seen ?? error.message) : messageOf(error)
  return text.trim().split('\n').at(-1) ?? text
}
