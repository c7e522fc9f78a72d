import { UsageError } from '../../errors.ts'
import {
  type Checker,
  type CheckerKind,
  type KeepalivedConf,
  readKeepalivedConfs,
  type ReadAllOptions,
  type VrrpInstance,
  type VrrpScript,
} from '../../topology/keepalived-conf/index.ts'
import { withoutPrefix } from '../../topology/ipv4.ts'
import type { Topology } from '../../topology/model.ts'
import type { CheckFailure } from './check-tries.ts'
import { checkerRemoval, checkerReturn, firstCheck } from './checker-windows.ts'
import { garpFirstBurst, garpRefresh, garpSecondBurst, type GarpWindow } from './garp.ts'
import { advertInterval, type PreemptAfter, vrrpPreempt, vrrpYield } from './vrrp-preempt.ts'
import { powerCutToTakeover, vrrpResign, vrrpTakeover } from './vrrp-takeover.ts'
import { trackedReturn, trackedTakeover, type TrackedChange } from './tracked-takeover.ts'
import {
  carrierSpan,
  effectivePriority,
  type ScriptFailure,
  scriptFall,
  scriptFallSpans,
  scriptRise,
  scriptRiseSpans,
  type Tracker,
  trackerOf,
} from './tracking.ts'
import { versionNote } from './versions.ts'
import { noWindow, type Window } from './window.ts'

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

/** A script that a node's instance tracks. */
export interface ScriptOf {
  readonly node: string
  readonly script: string
  readonly failure: ScriptFailure
}

/** What an instance tracks: one of its scripts, or one of its interfaces. */
export type TrackedBy = { readonly script: string; readonly failure: ScriptFailure } | { readonly interface: string }

/** The windows of one cluster, asked by the names of its nodes. */
export class ExpectedWindows {
  readonly #topology: Topology
  readonly #confs: ReadonlyMap<string, KeepalivedConf>

  constructor(topology: Topology, confs: ReadonlyMap<string, KeepalivedConf>) {
    this.#topology = topology
    this.#confs = confs
  }

  vrrpTakeover(handover: Handover): Window {
    return this.#said(handover.to, vrrpTakeover(...this.#pair(handover)))
  }

  powerCutToTakeover(handover: Handover): Window {
    return this.#said(handover.to, powerCutToTakeover(...this.#pair(handover)))
  }

  vrrpResign(handover: Handover): Window {
    return this.#said(handover.to, vrrpResign(...this.#pair(handover)))
  }

  /** `to` is the preferred node, which is back; `from` the one that gives way. */
  vrrpYield(handover: Handover): Window {
    const [lower, preferred] = this.#pair(handover)
    return this.#said(handover.from, vrrpYield(preferred, lower))
  }

  vrrpPreempt(instance: Instance, after: PreemptAfter): Window {
    const { vrrpStartupDelayS } = this.conf(instance.node)
    return this.#said(
      instance.node,
      vrrpPreempt(this.#healthy(instance.node, this.instance(instance)), after, vrrpStartupDelayS),
    )
  }

  advertInterval(instance: Instance): Window {
    return this.#said(instance.node, advertInterval(this.instance(instance)))
  }

  garpFirstBurst(instance: Instance): GarpWindow {
    return this.#said(instance.node, garpFirstBurst(this.instance(instance)))
  }

  garpSecondBurst(instance: Instance): GarpWindow {
    return this.#said(instance.node, garpSecondBurst(this.instance(instance)))
  }

  garpRefresh(instance: Instance, which: 'first' | 'next'): GarpWindow {
    const { version } = this.conf(instance.node)
    return this.#said(instance.node, garpRefresh(this.instance(instance), version, which))
  }

  /** What a tracked script looks at fails, until keepalived counts it as bad. */
  scriptFall({ node, script, failure }: ScriptOf): Window {
    return this.#said(node, scriptFall(this.script(node, script), failure, this.conf(node).version))
  }

  scriptRise({ node, script, failure }: ScriptOf): Window {
    return this.#said(node, scriptRise(this.script(node, script), failure, this.conf(node).version))
  }

  /** What the master `from` tracks fails, until the first advert of `to`. */
  trackedTakeover(handover: Handover, by: TrackedBy): Window {
    const [{ virtualRouterId: vrid }, successor] = this.#pair(handover)
    const master = this.instance({ node: handover.from, vrid })
    return this.#said(
      [handover.from, handover.to],
      trackedTakeover(master, successor, this.#change(handover.from, master, by, 'bad')),
    )
  }

  /** What `to`, the preferred node, tracks is well again, until it advertises in place of `from`. */
  trackedReturn(handover: Handover, by: TrackedBy): Window {
    const [current, { virtualRouterId: vrid }] = this.#pair(handover)
    const preferred = this.instance({ node: handover.to, vrid })
    return this.#said(
      [handover.to, handover.from],
      trackedReturn(preferred, current, this.#change(handover.to, preferred, by, 'good')),
    )
  }

  firstCheck(check: Omit<Check, 'failure'>): Window {
    return this.#said(check.director, firstCheck(this.checker(check)))
  }

  checkerRemoval(check: Check): Window {
    return this.#said(check.director, checkerRemoval(this.checker(check), check.failure))
  }

  checkerReturn(check: Check): Window {
    const { version } = this.conf(check.director)
    return this.#said(check.director, checkerReturn(this.checker(check), check.failure, version))
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

  /** A `vrrp_script` of a node. */
  script(node: string, name: string): VrrpScript {
    const all = this.conf(node).vrrpScripts
    return only(
      all.filter((script) => script.name === name),
      `tracked scripts ${name} of ${node}`,
      all.map((script) => script.name),
    )
  }

  /** Rules that were taken for a version whose source was not read are not passed off as that version's. */
  #said<W extends Window>(nodes: string | readonly string[], window: W): W {
    const all = [nodes].flat().map((node) => versionNote(this.conf(node).version))
    const notes = [...new Set(all.filter((note) => note !== undefined))]
    return notes.length === 0 ? window : { ...window, source: `${window.source} (${notes.join('; ')})` }
  }

  #change(node: string, instance: VrrpInstance, by: TrackedBy, turns: 'bad' | 'good'): TrackedChange {
    const { version } = this.conf(node)
    const { name, interface: own } = instance
    const { scripts, interfaces } = this.#trackers(node, instance)
    const trackers = [...scripts, ...interfaces]
    const wanted = 'script' in by ? by.script : by.interface
    const from = 'script' in by ? scripts : interfaces
    const found = from.filter((one) => one.name === wanted)
    const tracker = only(
      found,
      `trackers ${wanted} of ${name} on ${node}`,
      from.map((one) => one.name),
    )
    const others = trackers.filter((one) => one !== tracker)
    if ('script' in by) {
      const spans = turns === 'bad' ? scriptFallSpans : scriptRiseSpans
      return { tracker, others, noticed: spans(this.script(node, by.script), by.failure, version) }
    }
    if (by.interface === own && turns === 'bad') {
      noWindow(
        `VRRP takeover by the tracked ${own}`,
        'nobody hears adverts by a cable that is out: ask for vrrpTakeover',
      )
    }
    return { tracker, others, noticed: [carrierSpan(turns === 'bad' ? 'lost' : 'back')] }
  }

  #pair({ from, to, vrid }: Handover): [from: VrrpInstance, to: VrrpInstance] {
    const giver = this.instance({ node: from, ...(vrid === undefined ? {} : { vrid }) })
    return [this.#healthy(from, giver), this.#healthy(to, this.instance({ node: to, vrid: giver.virtualRouterId }))]
  }

  /** With the priority that it advertises while all that it tracks is good. */
  #healthy(node: string, instance: VrrpInstance): VrrpInstance {
    const trackers = this.#trackers(node, instance)
    const all = [...trackers.scripts, ...trackers.interfaces].map((tracker) => ({ ...tracker, good: true }))
    return { ...instance, priority: effectivePriority(instance, all) }
  }

  /** keepalived ignores a tracked script that it has no block for (vrrp_track.c, alloc_track_script). */
  #trackers(
    node: string,
    { trackScripts, trackInterfaces }: VrrpInstance,
  ): { readonly scripts: Tracker[]; readonly interfaces: Tracker[] } {
    const { vrrpScripts } = this.conf(node)
    const scripts = trackScripts.flatMap((line) => {
      const block = vrrpScripts.find(({ name }) => name === line.name)
      return block === undefined ? [] : [trackerOf(line, block)]
    })
    return { scripts, interfaces: trackInterfaces.map((line) => trackerOf(line)) }
  }
}

/**
 * Reads the keepalived configurations of a topology and offers the windows that follow from them.
 *
 * @param options the version of keepalived in the machines, "2.2.7" or Debian's "1:2.2.7-1+b2", or in each of them: a
 * window is that of the director that it is said of.
 */
export async function expectedWindows(topology: Topology, options: ReadAllOptions = {}): Promise<ExpectedWindows> {
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
