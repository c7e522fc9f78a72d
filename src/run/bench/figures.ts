import { median } from 'simple-statistics'
import { medianInterval } from '../../report/compare/interval.ts'
import type { BenchFigure, SectionId } from './record.ts'

/** What can be measured, and which way is good. */
export type FigureSpec = Pick<BenchFigure, 'name' | 'unit' | 'better'>

export const FIGURES = {
  connections: { name: 'new connections', unit: '1/s', better: 'more' },
  requests: { name: 'requests with keep-alive', unit: '1/s', better: 'more' },
  p50: { name: 'latency p50', unit: 'ms', better: 'less' },
  p90: { name: 'latency p90', unit: 'ms', better: 'less' },
  p99: { name: 'latency p99', unit: 'ms', better: 'less' },
  p999: { name: 'latency p99.9', unit: 'ms', better: 'less' },
  download: { name: 'large download', unit: 'MB/s', better: 'more' },
  cpuPerConnections: { name: 'director CPU per 1,000 connections', unit: 'ms', better: 'less' },
  cpuPerRequests: { name: 'director CPU per 1,000 requests', unit: 'ms', better: 'less' },
  blackout: { name: 'blackout', unit: 'ms', better: 'less' },
  takeover: { name: 'takeover after the last advert', unit: 'ms', better: 'less' },
  lost: { name: 'requests lost', unit: 'count', better: 'less' },
  removal: { name: 'removal', unit: 'ms', better: 'less' },
  comeback: { name: 'return', unit: 'ms', better: 'less' },
  tableLoad: { name: 'table load by ipvsadm', unit: 'ms', better: 'less' },
  tableByKeepalived: { name: 'table load by keepalived', unit: 'ms', better: 'less' },
  entries: { name: 'entries in the connection table', unit: 'count', better: 'neither' },
  slab: { name: "memory of the director's kernel", unit: 'KiB', better: 'less' },
  bytesPerConnection: { name: 'memory per connection', unit: 'B', better: 'less' },
} as const satisfies Record<string, FigureSpec>

/** A request on a connection of its own, by who answered. */
export function freshRequest(server: string): FigureSpec {
  return { name: `fresh request answered by ${server}`, unit: 'ms', better: 'less' }
}

export interface Sample {
  readonly section: SectionId
  readonly variant: string
  readonly figure: FigureSpec
  readonly value: number
  readonly at?: number
}

/** Collects samples in the order in which they come. */
export class FigureBook {
  readonly #all = new Map<string, { readonly first: Sample; readonly values: number[] }>()

  /** Values that are no numbers (nothing was answered) are left out: a median of nothing says nothing. */
  add(sample: Sample): void {
    if (!Number.isFinite(sample.value)) return
    const key = JSON.stringify([sample.section, sample.variant, sample.figure.name])
    const entry = this.#all.get(key) ?? { first: sample, values: [] }
    entry.values.push(sample.value)
    this.#all.set(key, entry)
  }

  values(section: SectionId, variant: string, name: string): readonly number[] {
    return this.#all.get(JSON.stringify([section, variant, name]))?.values ?? []
  }

  /** What a section has so far, without the statistics. */
  samples(section: SectionId): { readonly name: string; readonly values: readonly number[] }[] {
    const own = [...this.#all.values()].filter(({ first }) => first.section === section)
    return own.map(({ first, values }) => ({ name: first.figure.name, values }))
  }

  figures(): BenchFigure[] {
    return [...this.#all.values()].map(({ first, values }) => {
      const interval = medianInterval(values)
      return {
        ...{ section: first.section, variant: first.variant, ...first.figure },
        ...(first.at === undefined ? {} : { at: first.at }),
        ...{ samples: values.map(rounded), median: rounded(median(values)) },
        ...(interval && { interval: { from: rounded(interval.from), to: rounded(interval.to) } }),
      }
    })
  }
}

/** Six digits: more than any of these measurements has. */
function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
