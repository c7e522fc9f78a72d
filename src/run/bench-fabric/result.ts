import { hostFacts, type HostFacts } from '../../host/host-record.ts'
import { CELLS } from './cells.ts'
import { difference, estimate, ratio, type Estimate } from './estimate.ts'
import type { Measurement } from './measure.ts'

/** One network in one cell. */
export interface Row {
  readonly network: string
  readonly cell: string
  /** "frames/s", and "MB/s" (10^6 bytes of Ethernet frames without FCS); or "p50", "p90" and "p99" of the round trip, µs. */
  readonly figures: Readonly<Record<string, Estimate>>
  /** µs that a round trip's p50 takes more than with nothing in between, and than over the kernel's bridge of as many ports. */
  readonly addedUs?: { readonly overNothing: Estimate; readonly overBridge?: Estimate }
}

/** What the same network differs from itself by: less than this is no difference. */
export interface Noise {
  /** The largest that a ratio of frames/s may be off 1, in a cell, by its interval. */
  readonly flow: number
  /** The largest that a round trip's p50 may be off, µs. */
  readonly roundTripUs: number
}

/** `OUT/bench-fabric.json`. */
export interface BenchFabricResult {
  readonly schema: 'lvslab.bench-fabric/1'
  readonly host: HostFacts
  /** No machine runs here, so nothing is accelerated or emulated. */
  readonly acceleration: 'none'
  readonly rounds: number
  readonly durationMs: number
  /** Frames that a fabric dropped or did not capture: 0, or the figures are worth nothing. */
  readonly lost: number
  readonly leftOut: readonly { readonly network: string; readonly reason: string }[]
  readonly noise: Noise
  readonly rows: readonly Row[]
  /** Of each round, as they were measured. */
  readonly samples: Readonly<Record<string, Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>>>
}

export async function resultOf(measurement: Measurement, durationMs: number): Promise<BenchFabricResult> {
  const { samples, rounds, leftOut, lost } = measurement
  return {
    schema: 'lvslab.bench-fabric/1',
    host: await hostFacts(),
    acceleration: 'none',
    ...{ rounds, durationMs: Math.round(durationMs), lost },
    leftOut: leftOut.map(({ variant, reason }) => ({ network: variant.label, reason })),
    noise: noiseOf(measurement),
    rows: rowsOf(measurement),
    samples: Object.fromEntries([...samples].map(([id, cells]) => [id, Object.fromEntries(cells)])),
  }
}

function valuesOf({ samples }: Measurement, variant: string, cell: string, figure: string): number[] {
  return (samples.get(variant)?.get(cell) ?? []).map((sample) => sample[figure]!)
}

/** The interval's end that is further from where it should be. */
function furthest({ low, high }: Estimate, from: number): number {
  return Math.max(Math.abs(low - from), Math.abs(high - from))
}

export function noiseOf(measurement: Measurement): Noise {
  const pairs = (kind: 'flow' | 'ping', figure: string) =>
    CELLS.filter((cell) => cell.kind === kind).map(
      ({ id }) =>
        [valuesOf(measurement, 'fabric-again', id, figure), valuesOf(measurement, 'fabric', id, figure)] as const,
    )
  return {
    flow: Math.max(...pairs('flow', 'frames/s').map(([a, b]) => furthest(ratio(a, b), 1))),
    roundTripUs: Math.max(...pairs('ping', 'p50').map(([a, b]) => furthest(difference(a, b), 0))),
  }
}

function rowsOf(measurement: Measurement): Row[] {
  return measurement.variants.flatMap((variant) =>
    CELLS.map((cell): Row => {
      const values = (figure: string, id = variant.id): number[] => valuesOf(measurement, id, cell.id, figure)
      const name = { network: variant.label, cell: cell.id }
      if (cell.kind === 'flow') {
        const perS = values('frames/s')
        const megabytes = perS.map((frames) => (frames * cell.bytes) / 1e6)
        return { ...name, figures: { 'frames/s': estimate(perS), 'MB/s': estimate(megabytes) } }
      }
      const figures = Object.fromEntries(['p50', 'p90', 'p99'].map((figure) => [figure, estimate(values(figure))]))
      if (variant.kind === 'none') return { ...name, figures }
      const bridge = variant.ports === 2 ? 'bridge' : variant.network === 'hub' ? 'bridge-8-hub' : 'bridge-8'
      const overBridge = variant.kind === 'bridge' ? [] : values('p50', bridge)
      return {
        ...{ ...name, figures },
        addedUs: {
          overNothing: difference(values('p50'), values('p50', 'none')),
          ...(overBridge.length === 0 ? {} : { overBridge: difference(values('p50'), overBridge) }),
        },
      }
    }),
  )
}
