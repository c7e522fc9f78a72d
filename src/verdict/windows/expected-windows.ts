import { UsageError } from '../../errors.ts'
import {
  type Checker,
  type CheckerKind,
  type KeepalivedConf,
  readKeepalivedConfs,
  type ReadOptions,
  type VrrpInstance,
} from '../../topology/keepalived-conf/index.ts'
import { withoutPrefix } from '../../topology/ipv4.ts'
import type { Topology } from '../../topology/model.ts'
import { type CheckFailure, checkerRemoval, checkerReturn, firstCheck } from './checker-windows.ts'
import { garpFirstBurst, garpRefresh, garpSecondBurst, type GarpWindow } from './garp.ts'
import { advertInterval, type PreemptAfter, vrrpPreempt, vrrpYield } from './vrrp-preempt.ts'
import { powerCutToTakeover, vrrpResign, vrrpTakeover } from './vrrp-takeover.ts'
import type { Window } from './window.ts'

/** Who loses the VIP and who gets it; `vrid` only where the directors have several instances in common. */
export interface Handover {
  readonly from: string
  readonly to: string
  readonly vrid?: number
}

export interface Instance {
  readonly node: string
  readonly vrid?: number
}

/** One director's check of one real server. */
export interface Check {
  readonly director: string
  /** The real server's node. */
  readonly server: string
  readonly failure: CheckFailure
  /** "192.168.88.100:80", only where the node serves several. */
  readonly service?: string
  /** Only where the server has several checkers. */
  readonly checker?: CheckerKind
}

/** The windows of one cluster, asked by the names of its nodes. */
export class ExpectedWindows {
  readonly #topology: Topology
  readonly #confs: ReadonlyMap<string, KeepalivedConf>

  constructor(topology: Topology, confs: ReadonlyMap<string, KeepalivedConf>) {
    this.#topology = topology
    this.#confs = confs
  }

  vrrpTakeover(handover: Handover): Window {
    return vrrpTakeover(...this.#pair(handover))
  }

  powerCutToTakeover(handover: Handover): Window {
    return powerCutToTakeover(...this.#pair(handover))
  }

  vrrpResign(handover: Handover): Window {
    return vrrpResign(...this.#pair(handover))
  }

  /** `to` is the preferred node, which is back; `from` the one that gives way. */
  vrrpYield(handover: Handover): Window {
    const [lower, preferred] = this.#pair(handover)
    return vrrpYield(preferred, lower)
  }

  vrrpPreempt(instance: Instance, after: PreemptAfter): Window {
    return vrrpPreempt(this.instance(instance), after, this.conf(instance.node).vrrpStartupDelayS)
  }

  advertInterval(instance: Instance): Window {
    return advertInterval(this.instance(instance))
  }

  garpFirstBurst(instance: Instance): GarpWindow {
    return garpFirstBurst(this.instance(instance))
  }

  garpSecondBurst(instance: Instance): GarpWindow {
    return garpSecondBurst(this.instance(instance))
  }

  garpRefresh(instance: Instance, which: 'first' | 'next'): GarpWindow {
    return garpRefresh(this.instance(instance), this.conf(instance.node).version, which)
  }

  firstCheck(check: Omit<Check, 'failure'>): Window {
    return firstCheck(this.checker(check))
  }

  checkerRemoval(check: Check): Window {
    return checkerRemoval(this.checker(check), check.failure)
  }

  checkerReturn(check: Check): Window {
    return checkerReturn(this.checker(check), check.failure, this.conf(check.director).version)
  }

  /** The keepalived configuration of a node. */
  conf(node: string): KeepalivedConf {
    const conf = this.#confs.get(node)
    if (conf !== undefined) return conf
    return ambiguous(`${node} has no keepalived configuration`, [...this.#confs.keys()])
  }

  /** The VRRP instance of a node. */
  instance({ node, vrid }: Instance): VrrpInstance {
    const all = this.conf(node).vrrpInstances
    const found = all.filter(({ virtualRouterId }) => vrid === undefined || virtualRouterId === vrid)
    const names = all.map(({ name, virtualRouterId }) => `${name} (vrid ${virtualRouterId})`)
    return only(found, `VRRP instances of ${node}`, names)
  }

  /** The checker by which a director watches a real server. */
  checker({ director, server, service, checker }: Omit<Check, 'failure'>): Checker {
    const node = this.#topology.nodes.find(({ name }) => name === server)
    const addresses = node?.interfaces.map(({ address }) => withoutPrefix(address)) ?? []
    const found = this.conf(director)
      .virtualServers.filter(({ address, port }) => service === undefined || service === `${address}:${port}`)
      .flatMap(({ realServers }) => realServers)
      .filter(({ address }) => addresses.includes(address))
    const entry = only(
      found,
      `real servers of ${director} on ${server}`,
      found.map(({ address, port }) => `${address}:${port}`),
    )
    const matching = entry.checkers.filter(({ kind }) => checker === undefined || kind === checker)
    return only(
      matching,
      `checkers of ${director} for ${server}`,
      entry.checkers.map(({ kind }) => kind),
    )
  }

  #pair({ from, to, vrid }: Handover): [from: VrrpInstance, to: VrrpInstance] {
    const giver = this.instance({ node: from, ...(vrid === undefined ? {} : { vrid }) })
    return [giver, this.instance({ node: to, vrid: giver.virtualRouterId })]
  }
}

/**
 * Reads the keepalived configurations of a topology and offers the windows that follow from them.
 *
 * @param options the version of keepalived in the machines: "2.2.7", or Debian's "1:2.2.7-1+b2".
 */
export async function expectedWindows(topology: Topology, options: ReadOptions = {}): Promise<ExpectedWindows> {
  return new ExpectedWindows(topology, await readKeepalivedConfs(topology, options))
}

function only<T>(found: readonly T[], what: string, candidates: readonly string[]): T {
  const [first, ...others] = found
  if (first !== undefined && others.length === 0) return first
  return ambiguous(`there are ${found.length} ${what} that fit, not one`, candidates)
}

function ambiguous(message: string, candidates: readonly string[]): never {
  throw new UsageError('LVSLAB_E_WINDOW_SELECTION', message, {
    tried: 'find the configuration that a window follows from',
    seen: candidates.length === 0 ? 'there are none' : candidates.join(', '),
  })
}
