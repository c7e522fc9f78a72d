import { join } from 'node:path'
import { rm } from 'node:fs/promises'
import type { Cluster, Lab } from '../../cluster/index.ts'
import { InfrastructureError } from '../../errors.ts'
import type { Topology } from '../../topology/index.ts'
import type { FigureBook } from './figures.ts'
import { applyStanding, type StandingImpairment } from './impair-spec.ts'
import type { BenchSection } from './record.ts'
import type { ServerPlan } from './clusters.ts'

export interface BenchCluster {
  readonly topology: Topology
  readonly servers: readonly ServerPlan[]
}

/** What all sections of a suite share. */
export interface BenchContext {
  readonly lab: Lab
  /** For captures and consoles while a cluster is up; not kept. */
  readonly directory: string
  readonly quick: boolean
  readonly impairments: readonly StandingImpairment[]
  readonly book: FigureBook
  readonly forwarding: BenchCluster
  readonly failover: BenchCluster
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** What a section adds to the record besides its figures. */
export type SectionReport = Pick<BenchSection, 'title' | 'how' | 'rounds' | 'notes'>

let booted = 0

/** Boots a cluster from its snapshot, with its standing impairments, and takes it down after the work. */
export async function withCluster<T>(
  ctx: BenchContext,
  { topology }: BenchCluster,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  ctx.signal.throwIfAborted()
  const evidenceDir = join(ctx.directory, String(booted++))
  try {
    await using cluster = await ctx.lab.boot(topology, { mode: 'snapshot', evidenceDir })
    await applyStanding(cluster, ctx.impairments)
    return await work(cluster)
  } finally {
    // Some hundred MB of frames a round, of which nobody asks anything afterwards.
    await rm(evidenceDir, { recursive: true, force: true })
  }
}

/** The CPU time of the host that work costs on a node, ms. */
export async function cpuOf<T>(
  cluster: Cluster,
  name: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly cpuMs: number }> {
  const { machine } = cluster.node(name)
  const before = (await machine.hostCpuMs?.()) ?? NaN
  const result = await work()
  return { result, cpuMs: ((await machine.hostCpuMs?.()) ?? NaN) - before }
}

export function failed(message: string, tried: string, seen: string): InfrastructureError {
  return new InfrastructureError('LVSLAB_E_BENCH', message, { tried, seen })
}
