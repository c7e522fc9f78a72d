import type { Cluster } from '../../cluster/index.ts'
import { ExitCode, messageOf } from '../../errors.ts'
import type { BenchContext, SectionReport } from './context.ts'
import { withCluster } from './context.ts'
import { measureConnections } from './connections.ts'
import { measureFailovers } from './failover.ts'
import { forwardingReport, measureForwarding, type Half } from './forwarding.ts'
import { measureHealth } from './health.ts'
import type { TwiceMeasured } from './noise.ts'
import type { Part, Plan } from './plan.ts'
import { SECTIONS, type BenchSection, type SectionId } from './record.ts'
import { measureFailoverBySize } from './scale-failover.ts'
import { measureTables } from './scale-table.ts'
import { measureServers, serversReport } from './servers.ts'
import { measureSchedulers } from './schedulers.ts'

export interface SuiteResult {
  readonly sections: readonly BenchSection[]
  /** How many rounds came from the first boot of the forwarding cluster; 0: there was no second. */
  readonly firstBoot: Readonly<Record<TwiceMeasured, number>>
  readonly exitCode: number
}

type Wanted = ReadonlySet<SectionId>

/**
 * Measures the sections that are wanted, in an order that boots few clusters: what runs on the forwarding cluster, the
 * failovers, and at the end the second half of the forwarding methods on another boot.
 */
export async function runSuite(ctx: BenchContext, plan: Plan, wanted: Wanted): Promise<SuiteResult> {
  const suite = new Suite(ctx)
  const endMs = performance.now() + plan.seconds * 1000
  const halfOf = ({ rounds, least, seconds }: Part): Half => {
    return { rounds, least, deadlineMs: Math.min(performance.now() + seconds * 1000, endMs) }
  }
  const done: Record<TwiceMeasured, number[]> = { forwarding: [], servers: [] }
  const twice = async (cluster: Cluster): Promise<void> => {
    if (wanted.has('forwarding')) {
      await suite.section('forwarding', async () => {
        const rounds = await measureForwarding(ctx, cluster, halfOf(plan.forwarding))
        done.forwarding.push(rounds)
        return forwardingReport(rounds)
      })
    }
    if (wanted.has('servers')) {
      await suite.section('servers', async () => {
        const rounds = await measureServers(ctx, cluster, halfOf(plan.servers))
        done.servers.push(rounds)
        return serversReport(rounds)
      })
    }
  }
  const isTwice = wanted.has('forwarding') || wanted.has('servers')
  if (isTwice || wanted.has('schedulers') || wanted.has('scale')) {
    await suite.guard('forwarding', () =>
      withCluster(ctx, ctx.forwarding, async (cluster) => {
        await twice(cluster)
        if (wanted.has('schedulers')) {
          await suite.section('schedulers', () => measureSchedulers(ctx, cluster, halfOf(plan.schedulers)))
        }
        if (wanted.has('scale')) {
          await suite.section('scale', async () =>
            scaleReport(await measureTables(ctx, cluster, plan.sizes, halfOf(plan.tables))),
          )
        }
      }),
    )
  }
  if (wanted.has('connections')) {
    await suite.section('connections', () => measureConnections(ctx, plan.steps, halfOf(plan.connections)))
  }
  if (wanted.has('failover')) await suite.section('failover', () => measureFailovers(ctx, halfOf(plan.failover)))
  if (wanted.has('scale')) {
    await suite.section('scale', async () => {
      const notes: string[] = []
      await measureFailoverBySize(ctx, plan.failoverSizes, halfOf(plan.failoverBySize), notes)
      return { ...scaleReport(0), notes }
    })
  }
  if (wanted.has('health')) await suite.section('health', () => measureHealth(ctx, halfOf(plan.health)))
  if (isTwice && plan.boots === 2) await suite.guard('forwarding', () => withCluster(ctx, ctx.forwarding, twice))
  const first = ([rounds = 0, ...others]: readonly number[]): number => (others.length === 0 ? 0 : rounds)
  const firstBoot = { forwarding: first(done.forwarding), servers: first(done.servers) }
  return { sections: suite.sections(), firstBoot, exitCode: suite.exitCode }
}

function scaleReport(rounds: number): SectionReport {
  return {
    title: 'Scale',
    how: [
      'Virtual services of two real servers each, of which one is asked and the others fill the table; and real servers ' +
        'of one virtual service, as addresses of their own on two machines. Scheduler wlc, direct routing.',
      'Table load by ipvsadm: ipvsadm -R; by keepalived: from its start until the kernel has the whole table. Failover: ' +
        "blackout after the master's cable was pulled, half an advert interval after an advert.",
    ],
    rounds,
    notes: [],
  }
}

/** The sections measured so far. One that fails says so, and the others go on. */
class Suite {
  exitCode: number = ExitCode.pass
  readonly #ctx: BenchContext
  readonly #sections = new Map<SectionId, BenchSection>()

  constructor(ctx: BenchContext) {
    this.#ctx = ctx
  }

  /** In their usual order. */
  sections(): BenchSection[] {
    return SECTIONS.flatMap((id) => this.#sections.get(id) ?? [])
  }

  /** Measures a section, or a further part of it. */
  async section(id: SectionId, work: () => Promise<SectionReport>): Promise<void> {
    if (this.#ctx.signal.aborted) return
    const begunMs = performance.now()
    this.#ctx.say(`${id}: begins`)
    await this.guard(id, async () => {
      const report = await work()
      const before = this.#sections.get(id)
      this.#sections.set(id, {
        ...{ id, title: report.title, how: report.how },
        rounds: (before?.rounds ?? 0) + report.rounds,
        durationMs: Math.round((before?.durationMs ?? 0) + performance.now() - begunMs),
        notes: [...(before?.notes ?? []), ...report.notes],
      })
    })
    this.#ctx.say(`${id}: ${((performance.now() - begunMs) / 1000).toFixed(0)} s`)
  }

  async guard(id: SectionId, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (this.#ctx.signal.aborted) return
      this.exitCode = ExitCode.infrastructure
      const why = `came to an end before its time: ${messageOf(error).split('\n')[0] ?? ''}`
      this.#ctx.say(`${id}: ${why}`)
      const before = this.#sections.get(id)
      const bare = { id, title: id, how: [], rounds: 0, durationMs: 0, notes: [] }
      this.#sections.set(id, { ...bare, ...before, notes: [...(before?.notes ?? []), why] })
    }
  }
}
