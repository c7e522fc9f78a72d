import { FIGURES, FigureBook, freshRequest, type FigureSpec } from '../../../src/run/bench/figures.ts'
import { TARGETS, YARDSTICK } from '../../../src/run/bench/targets.ts'
import { noiseOf } from '../../../src/run/bench/noise.ts'
import { BENCH_SCHEMA, SECTIONS, type BenchRecord, type SectionId } from '../../../src/run/bench/record.ts'
import { FULL_SIZES, sizeName } from '../../../src/run/bench/scale-rules.ts'
import { seeded } from '../../../src/report/compare/interval.ts'
import { SCHEDULERS } from '../../../src/topology/schema.ts'

export interface SampleBench {
  readonly id?: string
  readonly seed?: number
  /** Changes a value that is about to be put into the record. */
  readonly change?: (of: { section: SectionId; variant: string; name: string }, value: number) => number
  readonly quick?: boolean
  readonly impairments?: readonly string[]
}

const RATES: readonly (readonly [FigureSpec, number])[] = [
  [FIGURES.connections, 800],
  [FIGURES.cpuPerConnections, 410],
  [FIGURES.requests, 2400],
  [FIGURES.cpuPerRequests, 120],
  [FIGURES.p50, 1.9],
  [FIGURES.p90, 3.4],
  [FIGURES.p99, 9.8],
  [FIGURES.p999, 31],
  [FIGURES.download, 38],
]
const FRESH: readonly (readonly [FigureSpec, number])[] = [
  [freshRequest('web-1'), 5.1],
  [freshRequest('web-2'), 5.2],
]

/** The client's own web server is its own. */
function ownName(variant: string, figure: FigureSpec): FigureSpec {
  return variant === YARDSTICK && figure.name.startsWith('fresh') ? freshRequest('client') : figure
}

/** A made-up record of every section: for pages and comparisons, not for what machines do. */
export function sampleBench({
  id = 'bench-a',
  seed = 1,
  change = (_, value) => value,
  ...rest
}: SampleBench = {}): BenchRecord {
  const random = seeded(seed)
  const book = new FigureBook()
  const add = (section: SectionId, variant: string, figure: FigureSpec, value: number, at?: number): void => {
    const noisy = value * (0.97 + 0.06 * random())
    const changed = change({ section, variant, name: figure.name }, noisy)
    book.add({ section, variant, figure, value: changed, ...(at === undefined ? {} : { at }) })
  }
  for (let round = 0; round < 8; round++) {
    for (const variant of Object.keys(TARGETS)) {
      for (const [figure, value] of RATES) add('forwarding', variant, figure, value)
      for (const [figure, value] of FRESH) add('servers', variant, ownName(variant, figure), value)
    }
  }
  for (let round = 0; round < 3; round++) {
    for (const variant of SCHEDULERS) for (const [figure, value] of RATES) add('schedulers', variant, figure, value)
    for (const size of FULL_SIZES) {
      const at = size[size.axis]
      const entries = size.services * (1 + size.servers)
      add('scale', sizeName(size), FIGURES.tableLoad, 2 + entries * 0.3, at)
      add('scale', sizeName(size), FIGURES.connections, 800, at)
      add('scale', sizeName(size), FIGURES.cpuPerConnections, 410 + size.servers, at)
      add('scale', sizeName(size), FIGURES.tableByKeepalived, 300 + entries, at)
      add('scale', sizeName(size), FIGURES.blackout, 3150, at)
    }
    for (const step of [0, 1000, 2000, 4000, 8000]) {
      add('connections', `${step.toLocaleString('en')} connections`, FIGURES.entries, step + 200, step)
      add('connections', `${step.toLocaleString('en')} connections`, FIGURES.slab, 12_000 + step / 4, step)
    }
    add('connections', 'each', FIGURES.bytesPerConnection, 262)
  }
  for (let round = 0; round < 20; round++) {
    for (const [variant, ms] of [
      ['power cut', 3100],
      ['cable pull', 3120],
      ['clean stop', 620],
    ] as const) {
      add('failover', variant, FIGURES.blackout, ms + (round - 10) * 45)
      add('failover', variant, FIGURES.takeover, ms === 620 ? 610 : 3610)
      add('failover', variant, FIGURES.lost, ms / 100)
    }
  }
  for (let round = 0; round < 6; round++) {
    for (const variant of ['web service stopped', 'cable pulled']) {
      add('health', variant, FIGURES.removal, 900 + round * 1000)
      add('health', variant, FIGURES.comeback, 700 + round * 1000)
    }
  }
  const titles: Readonly<Record<SectionId, string>> = {
    ...{ forwarding: 'Forwarding methods', servers: 'Each server by itself', schedulers: 'Schedulers', scale: 'Scale' },
    ...{ connections: 'Connection table', failover: 'Failover', health: 'Health checks' },
  }
  return {
    schema: BENCH_SCHEMA,
    ...{ id, lvslab: '0.1.0', startedAt: '2026-11-20T20:00:00.000Z', durationMs: 1_000_000 },
    command: ['lvslab', 'bench'],
    host: {
      ...{ cores: 2, memoryMiB: 24_576, cpu: 'a made-up processor', kernel: '6.1.0', node: '20.11.0' },
      ...{ distribution: 'Debian GNU/Linux 12 (bookworm)', acceleration: 'tcg', qemu: '7.2.22' },
    },
    ...{ engine: 'vm', kernel: '6.1.0-56-cloud-amd64', keepalived: '1:2.2.7-1+b2', userland: 'bookworm' },
    ...{ quick: rest.quick ?? false, impairments: rest.impairments ?? [], loadAverage: 0.21 },
    noise: noiseOf(book, { forwarding: 4, servers: 4 }),
    sections: SECTIONS.map((section) => ({
      ...{ id: section, title: titles[section], how: ['How it was measured.'], rounds: 8, durationMs: 100_000 },
      notes: section === 'schedulers' ? ['left out, as the kernel has no module: twos'] : [],
    })),
    figures: book.figures(),
    interrupted: false,
  }
}
