import type { Cluster, Director } from '../../../src/cluster/index.ts'
import { connectionsOf, type Connection, type Connections, type Opening } from '../../../src/load/index.ts'
import type { ClaimContext } from '../../../src/run/claim-context.ts'
import type { RealServer } from '../../../src/topology/index.ts'
import {
  exactly,
  newScheduler,
  replay,
  SCHEDULER_NAMES,
  type SchedulerName,
  type Step,
} from '../../../src/verdict/index.ts'
import { serverList, shortName, TrialService, type Weights } from './trial-service.ts'
import { atDirector, onTheWire, untilClosed } from './witnesses.ts'

/** An experiment with a scheduler, on a virtual service of its own. */
export interface Trial {
  readonly scheduler: SchedulerName
  /** Default: 1 each. */
  readonly weights?: Weights
  readonly steps: readonly Step[]
}

/** The server of each connection, "1" for nat-1, "-" for none. */
export type Picks = readonly string[]

/** Experiments with nat-1, nat-2 and nat-3, each held against the exact model of the kernel's scheduler. */
export class Trials implements AsyncDisposable {
  readonly #c: ClaimContext
  readonly #cluster: Cluster
  readonly #connections: Connections
  readonly #servers: readonly RealServer[]
  readonly #done: { readonly trial: Trial; readonly picks: Picks }[] = []

  private constructor(c: ClaimContext, cluster: Cluster, connections: Connections) {
    this.#c = c
    this.#cluster = cluster
    this.#connections = connections
    this.#servers = cluster.service.realServers
  }

  static async on(c: ClaimContext): Promise<Trials> {
    const cluster = await c.boot()
    return new Trials(c, cluster, await connectionsOf(cluster.client))
  }

  get director(): Director {
    return this.#cluster.director(this.#cluster.the('director'))
  }

  /** Does what the steps say, and checks that every connection went where the kernel's scheduler sends it. */
  async run(what: string, trial: Trial): Promise<Picks> {
    const cluster = this.#cluster
    const { director } = this
    this.#c.say(what)
    const since = cluster.clock.now()
    const service = new TrialService(director.node, {
      ...{ servers: this.#servers, vip: cluster.vip.address, number: this.#done.length },
      byMark: trial.steps.some((step) => 'from' in step && step.from?.vip !== undefined),
    })
    await service.add(trial.scheduler, trial.weights ?? [1, 1, 1])
    const opened = await this.#follow(trial.steps, service)
    const picks = opened.map(({ server }) => this.#nameOf(server))
    this.#done.push({ trial, picks })
    const expected = this.#predict(trial.scheduler, trial)
    // A model of the kernel's own rule leaves one sequence: there is nothing to estimate, and no error rate.
    const exact = { ok: line(picks) === line(expected), detail: `seen ${line(picks)}` }
    this.#c.share(`${what}: ${line(expected)}`, exactly(`exact sequence (model of ip_vs_${trial.scheduler}.c)`, exact))
    const kernel = (await atDirector(director, opened)).map((server) => this.#nameOf(server))
    await cluster.wire.catchUp()
    const wire = onTheWire(cluster, 'inside', opened, since).map((server) => this.#nameOf(server))
    const agreed = {
      ok: line(kernel) === line(picks) && line(wire) === line(picks),
      detail: `client ${line(picks)}; kernel ${line(kernel)}; wire ${line(wire)}`,
    }
    this.#c.share(
      `${what}: the client, the kernel's table of connections and the wire name the same servers`,
      exactly('equal sequences of three witnesses', agreed),
    )
    return picks
  }

  /** Checks that what was seen of a scheduler fits none of the others. */
  checkThatNoOtherFits(): void {
    for (const scheduler of new Set(this.#done.map(({ trial }) => trial.scheduler))) {
      const seen = this.#done.filter(({ trial }) => trial.scheduler === scheduler)
      const fits = (name: SchedulerName): boolean =>
        seen.every(({ trial, picks }) => line(this.#predict(name, trial)) === line(picks))
      const others = SCHEDULER_NAMES.filter((name) => name !== scheduler && fits(name))
      this.#c.check(`no scheduler but ${scheduler} would have chosen so`, others.length === 0, others.join())
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connections[Symbol.asyncDispose]()
  }

  async #follow(steps: readonly Step[], service: TrialService): Promise<Connection[]> {
    const opened: Connection[] = []
    const held = new Set<Connection>()
    // Those of several steps are opened at one go: every command to a machine takes it longer than a connection does.
    const asked: Opening[] = []
    const openAsked = async (): Promise<void> => {
      const openings = asked.splice(0)
      const connections = await this.#connections.open(openings)
      opened.push(...connections)
      for (const [index, connection] of connections.entries()) if (openings[index]?.brief !== true) held.add(connection)
    }
    for (const step of steps) {
      if (step.do === 'hold' || step.do === 'probe') {
        const opening = { ...service.opening(step.from), brief: step.do === 'probe' }
        asked.push(...Array.from({ length: step.times ?? 1 }, () => opening))
        continue
      }
      await openAsked()
      if (step.do === 'weigh') await service.weigh(step.server, step.weight)
      else if (step.do === 'remove') await service.remove(step.server)
      else {
        const closing = [...held].filter(({ server }) => this.#nameOf(server) === step.server)
        await this.#release(closing)
        for (const connection of closing) held.delete(connection)
      }
    }
    await openAsked()
    return opened
  }

  async #release(connections: readonly Connection[]): Promise<void> {
    const since = this.#cluster.clock.now()
    await this.#connections.close(connections)
    await untilClosed(this.#cluster, 'inside', connections, since)
  }

  #predict(scheduler: SchedulerName, { weights = [1, 1, 1], steps }: Trial): Picks {
    const client = this.#cluster.client.address
    const vip = this.#cluster.vip.address
    const placed = steps.map((step) =>
      step.do === 'hold' || step.do === 'probe' ? { ...step, from: { client, vip, ...step.from } } : step,
    )
    return replay(newScheduler(scheduler), serverList(this.#servers, weights), placed).map((pick) => pick ?? '-')
  }

  #nameOf(address: string | undefined): string {
    const server = this.#servers.find((one) => one.address === address)
    return server ? shortName(server) : (address ?? '-')
  }
}

export function line(picks: Picks): string {
  return picks.join(' ')
}
