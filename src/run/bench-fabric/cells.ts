import { quantile } from 'simple-statistics'
import type { OpenVariant } from './variants.ts'

/** One thing to measure of each network. */
export type Cell =
  | { readonly id: string; readonly kind: 'flow'; readonly bytes: number; readonly bothWays: boolean }
  | { readonly id: string; readonly kind: 'ping'; readonly bytes: number }

/** Ethernet without FCS: the least that there is, something in the middle, the most without jumbo frames (IEEE 802.3). */
export const FLOW_BYTES = [64, 512, 1514] as const
export const PING_BYTES = [64, 1514] as const

export const CELLS: readonly Cell[] = [
  ...[false, true].flatMap((bothWays) =>
    FLOW_BYTES.map((bytes): Cell => ({ id: flowId(bytes, bothWays), kind: 'flow', bytes, bothWays })),
  ),
  ...PING_BYTES.map((bytes): Cell => ({ id: pingId(bytes), kind: 'ping', bytes })),
]

export function flowId(bytes: number, bothWays: boolean): string {
  return `${bothWays ? 'both ways' : 'one way'} ${bytes} B`
}

export function pingId(bytes: number): string {
  return `round trip ${bytes} B`
}

export interface Burst {
  readonly flowFrames: number
  readonly pingFrames: number
}

/** A tap queues 1000 frames (its txqueuelen), the fabric 2 MiB; an onlooker of a hub may have twice as many to read. */
const WINDOW_FRAMES = 256

/** What one burst gave, by the name of the figure: "frames/s", or "p50", "p90" and "p99" in µs. */
export type Sample = Readonly<Record<string, number>>

export async function sample({ ends, variant }: OpenVariant, cell: Cell, burst: Burst): Promise<Sample> {
  const hub = variant.network === 'hub'
  if (cell.kind === 'flow') {
    const { bytes, bothWays } = cell
    const { ms, frames } = await ends.flow({ frames: burst.flowFrames, bytes, bothWays, hub, window: WINDOW_FRAMES })
    return { 'frames/s': (frames / ms) * 1000 }
  }
  const { us } = await ends.ping({ frames: burst.pingFrames, bytes: cell.bytes, hub })
  const [p50 = NaN, p90 = NaN, p99 = NaN] = quantile([...us], [0.5, 0.9, 0.99])
  return { p50, p90, p99 }
}
