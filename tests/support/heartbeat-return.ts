import { after, type ClusterTime } from '../../src/clock.ts'
import type { Cluster, Node, VirtualIp } from '../../src/cluster/index.ts'
import { LvslabError } from '../../src/errors.ts'
import type { EventMatcher, UdpEvent } from '../../src/fabric/index.ts'
import type { ClaimContext } from '../../src/run/claim-context.ts'
import { atPhase } from '../../src/run/sweep.ts'
import type { HeartbeatConf } from '../../src/topology/heartbeat-conf/index.ts'
import { heartbeatFailback } from '../../src/verdict/index.ts'
import { holdings, packetOf, statusOf, untilAnnounced } from './heartbeat.ts'
import { IN_ONE_PIECE, messagesLost, STARTED_AGAIN, tellLost } from './heartbeat-messages.ts'
import { SLOW_MS } from './nat-heartbeat.ts'
import { until } from './reload.ts'

/**
 * With auto_failback legacy, which ha.cf has unless it says otherwise, a node that starts asks for its resources only where
 * it knows another one to be active (heartbeat 3.0.6 hb_resource.c, req_our_resources: countbystatus). It knows that by a
 * status packet, of which each node sends one every keepalive. Its links are up by any packet, though, and about a second
 * later it decides. The one other packet that comes so early is the acknowledgement of one of its own first three, which
 * the other sends where it has drawn one of these at its own start (config.c, ack_trigger: one number of ten). Then a node
 * whose decision falls between two status packets of the other does not ask: so it mostly does where it starts just after
 * one, in parts of keepalive.
 */
const HASTY_PHASE = 0.05

const TRIES = 3

const NO_RETURN = 'does not always get its resources back when it returns'

/** heartbeat's name for an acknowledgement (include/hb_api.h, T_ACKMSG). */
const ACK = 'NS_ackmsg'

/** heartbeat on a node has started while another holds the resources. */
export interface HeartbeatReturn {
  /** Its first sign of life. */
  readonly first: UdpEvent
  /** `ip-request`: it asked the other. `ip-request-resp`: it told itself to go ahead. */
  readonly word: UdpEvent
  readonly asked: boolean
}

export interface ReturnOptions {
  /** The one that starts. */
  readonly node: Node
  /** The one that has the resources. */
  readonly other: Node
  readonly conf: HeartbeatConf
  /** In the order of haresources. */
  readonly vips: readonly VirtualIp[]
}

/** Says as a finding, once, that a node took what another has. */
export class UnaskedReturn {
  readonly #c: ClaimContext
  readonly #cluster: Cluster
  readonly #options: ReturnOptions
  #told = false
  /** The other acknowledges one of its first packets. */
  #acked = false
  /** The nodes' scripts write a message in one piece. */
  #mended = false

  constructor(c: ClaimContext, cluster: Cluster, options: ReturnOptions) {
    this.#c = c
    this.#cluster = cluster
    this.#options = options
  }

  /**
   * Starts heartbeat so that the node will ask: acknowledgements do not reach it until it is active, so that what it hears
   * first is a status packet. Where it did not ask, it lets go again, and another start is tried. So it is, once, where
   * heartbeat lost the question or the answer ({@link messagesLost}).
   *
   * @throws LvslabError `LVSLAB_E_HEARTBEAT_UNASKED`, as a failed assertion, when it never asks
   */
  async untilAsked(): Promise<HeartbeatReturn> {
    const { node, other, vips } = this.#options
    for (let count = 1; ; count++) {
      const back = await this.#unlessLost(() => this.#startAsking(), STARTED_AGAIN)
      if (back === undefined) {
        await this.#mend()
        continue
      }
      if (back.asked) return back
      await this.#tell(back)
      if (count >= TRIES) {
        throw new LvslabError('assertion', 'LVSLAB_E_HEARTBEAT_UNASKED', `${node.name} never asks ${other.name}`, {
          tried: `started heartbeat ${TRIES} times so that the first that it heard of ${other.name} was a status packet`,
          seen: 'each time it sent ip-request-resp to itself, and no ip-request',
        })
      }
      await untilAnnounced(this.#c, this.#cluster, node, vips, this.#patience(back.first.at))
      await this.#stop()
      // The other never let go, so it announces nothing: whoever has learned the MAC address of this one must forget it.
      const askers = [this.#cluster.client, ...this.#cluster.withRole('real-server')]
      await Promise.all(askers.map((one) => one.succeed('ip neigh flush all')))
    }
  }

  /**
   * The node has the resources: it stops, the other takes them, and it starts where it will not ask. Not where the other's
   * draw makes that impossible.
   */
  async show(): Promise<void> {
    if (this.#told || !this.#acked) return
    const { other, vips } = this.#options
    const since = this.#cluster.clock.now()
    await this.#stop()
    await untilAnnounced(this.#c, this.#cluster, other, vips, this.#patience(since))
    const back = await this.#unlessLost(() => this.#startHasty())
    if (back?.asked === false) await this.#tell(back)
  }

  async #startAsking(): Promise<HeartbeatReturn> {
    const { node, other, conf } = this.#options
    const { wire } = this.#cluster
    const rule = `INPUT -s ${other.address} -p udp --dport ${conf.udpPort} -m string --algo bm --string t=${ACK} -j DROP`
    await node.succeed(`iptables -I ${rule}`)
    const first = await this.#start()
    const active = await wire.waitFor(activeOf(node), { since: first.at, timeoutMs: SLOW_MS })
    await node.succeed(`iptables -D ${rule}`)
    const acks = wire.datagrams({ heartbeat: ACK, srcIp: other.address }, { since: first.at, until: active.at })
    this.#acked ||= acks.length > 0
    const back = await this.#decision(first)
    if (back.asked) await this.#untilAnswered(back.word)
    return back
  }

  async #startHasty(): Promise<HeartbeatReturn> {
    const { other, conf } = this.#options
    await atPhase(this.#cluster, { anchor: statusOf(other), intervalMs: conf.keepaliveMs, phase: HASTY_PHASE })
    return this.#decision(await this.#start())
  }

  async #start(): Promise<UdpEvent> {
    const { node } = this.#options
    this.#c.say(`heartbeat starts on ${node.name}`)
    const since = this.#cluster.clock.now()
    await node.service('heartbeat').start()
    return this.#cluster.wire.waitFor(statusOf(node), { since, timeoutMs: SLOW_MS })
  }

  async #decision(first: UdpEvent): Promise<HeartbeatReturn> {
    const span = { since: first.at, timeoutMs: SLOW_MS }
    const word = await this.#cluster.wire.waitFor(requestOf(this.#options.node), span)
    return { first, word, asked: word.heartbeat?.type === 'ip-request' }
  }

  /** Waits until the other has given up what it had, for no longer than the resources may take until they are back. */
  async #untilAnswered({ at }: UdpEvent): Promise<void> {
    const { node, other, conf, vips } = this.#options
    const { clock, wire } = this.#cluster
    const latest = after(at, heartbeatFailback(conf, vips.at(-1)!.address).maxMs + SLOW_MS)
    this.#c.say(`waiting for ${other.name} to give its resources up`)
    for (;;) {
      try {
        await wire.waitFor(goAheadOf(other), { since: at, timeoutMs: SLOW_MS })
        return
      } catch (error) {
        const isVain = clock.now() > latest || (await messagesLost(this.#cluster, [node, other], at)).length > 0
        if (isVain) throw error
      }
    }
  }

  /** Answers nothing where `work` failed because heartbeat lost a message: that is a finding, and a second time an error. */
  async #unlessLost<T>(work: () => Promise<T>, then?: string): Promise<T | undefined> {
    const { node, other } = this.#options
    const since = this.#cluster.clock.now()
    try {
      return await work()
    } catch (error) {
      const lost = await messagesLost(this.#cluster, [node, other], since)
      if (lost.length === 0 || this.#mended) throw error
      tellLost(this.#c, this.#cluster, { what: NO_RETURN, since, lost, then })
      return undefined
    }
  }

  /** The node lets go, the other takes what nobody has, and from now on no message is lost. */
  async #mend(): Promise<void> {
    const { node, other, vips } = this.#options
    await this.#stop()
    this.#c.say(`waiting until ${other.name} has all resources`)
    const held = vips.map(({ address }) => `ip -o -4 address show | grep -qF ' ${address}/'`)
    await until(other, [...held, 'pgrep -x keepalived >/dev/null'].join(' && '), 2 * SLOW_MS)
    await Promise.all([node, other].map((one) => one.succeed(IN_ONE_PIECE)))
    this.#mended = true
  }

  async #stop(): Promise<void> {
    this.#c.say(`heartbeat stops on ${this.#options.node.name}`)
    await this.#options.node.service('heartbeat').stop()
  }

  async #tell({ first, word }: HeartbeatReturn): Promise<void> {
    if (this.#told) return
    this.#told = true
    const { node, other, vips, conf } = this.#options
    await untilAnnounced(this.#c, this.#cluster, node, vips.slice(0, 1), this.#patience(first.at))
    const [own, others] = await Promise.all([node, other].map((one) => holdings(one, this.#cluster.vips)))
    const both = vips.map(({ address }) => address).filter((vip) => own!.includes(vip) && others!.includes(vip))
    this.#c.check(`${node.name} took what ${other.name} has, and has still`, both.length > 0, both.join(', '))
    this.#c.finding(
      'a node that returns does not always ask: heartbeat 3.0.6 with the auto_failback of those days takes its resources ' +
        'unasked where an acknowledgement of the other brings its links up before a status packet of it came, one in ' +
        `${conf.keepaliveMs / 1000} s; then both nodes have them, until a person steps in. auto_failback on has another ` +
        'protocol. The moment of the start decides, and a number that the other drew at its own',
      `${this.#statusesAround(first.at)}; ${node.name} sent ${word.heartbeat?.type} to itself ` +
        `${(word.at - first.at).toFixed(0)} ms after its first packet; now ${node.name} has ${own!.join(', ')}, ` +
        `${other.name} ${others!.join(', ')}`,
    )
  }

  #statusesAround(at: ClusterTime): string {
    const { node, other } = this.#options
    const statuses = this.#cluster.wire.datagrams({ heartbeat: 'status', srcIp: other.address })
    const before = statuses.findLast((one) => one.at < at)
    const next = statuses.find((one) => one.at >= at)
    const active = this.#cluster.wire.datagrams({}, { since: at }).find(activeOf(node).match)
    const ms = (event: UdpEvent | undefined): string => (event ? `${Math.abs(event.at - at).toFixed(0)} ms` : 'never')
    return (
      `a status packet of ${other.name} ${ms(before)} before the first of ${node.name}, the next ${ms(next)} after it; ` +
      `${node.name} active after ${ms(active)}`
    )
  }

  #patience(since: ClusterTime): { readonly since: ClusterTime; readonly timeoutMs: number } {
    return { since, timeoutMs: 2 * SLOW_MS }
  }
}

function activeOf(node: Node): EventMatcher<UdpEvent> {
  const isActive = `${node.name} active, by its own status packet`
  return packetOf(node, isActive, ({ type, status }) => type === 'status' && status === 'active')
}

/** That a node has given up what another asked for. */
function goAheadOf(node: Node): EventMatcher<UdpEvent> {
  const answer = `an answer of ${node.name} to the request for its resources`
  return packetOf(node, answer, ({ type }) => type === 'ip-request-resp')
}

/** That a node wants its resources: it asks the others, or answers in their place. */
function requestOf(node: Node): EventMatcher<UdpEvent> {
  return packetOf(node, `a request of ${node.name} for its resources`, ({ type }) => type.startsWith('ip-request'))
}
