import type { Test } from 'tap'
import { Cluster, type Node } from '../../../../src/cluster/index.ts'
import type { EngineCluster } from '../../../../src/engine/engine.ts'
import type { ArpEvent, BindingEvent, TcpEvent, VrrpEvent, WireEvent } from '../../../../src/fabric/index.ts'
import type { Request } from '../../../../src/load/index.ts'
import { loadTopology } from '../../../../src/topology/index.ts'
import { advertEvent, arpEvent, ms, say, scene } from '../../fabric/support/scene.ts'
import { topologyFolder } from '../../topology/fixture.ts'

export const VIP = '10.0.0.100'
export const INTERVAL_MS = 50
export const MAX_TIME_MS = 400

export const PAIR = `name: pair
title: two directors, direct routing
networks: { lan: { cidr: 10.0.0.0/24 } }
nodes:
  client: { roles: [client], interfaces: { eth0: { network: lan, address: 10.0.0.2/24 } } }
  a: { roles: [director], interfaces: { eth0: { network: lan, address: 10.0.0.8/24 } } }
  b: { roles: [director], interfaces: { eth0: { network: lan, address: 10.0.0.9/24 } } }
  web: { roles: [real-server, web], interfaces: { eth0: { network: lan, address: 10.0.0.10/24 } } }
vips: [{ address: ${VIP}/24, network: lan, interface: eth0, candidates: [a, b] }]
virtual-services:
  - { address: '${VIP}:80', scheduler: rr, forwarding: DR, real-servers: [{ node: web, address: 10.0.0.10:80 }] }
`

/** What becomes of a request: where it stops, if it does. */
export type Fate = 'served' | 'no SYN-ACK' | 'no answer' | 'refused' | 'status 503'

/** A cluster without machines whose wire is told a failover from director a to director b. */
export class Story {
  readonly cluster: Cluster
  readonly requests: Request[] = []
  readonly #events: WireEvent[] = []
  readonly #clock: { time: number }
  #port = 40_000

  private constructor(cluster: Cluster, clock: { time: number }) {
    this.cluster = cluster
    this.#clock = clock
  }

  static async begin(t: Test): Promise<Story> {
    const topology = await loadTopology(await topologyFolder(t, PAIR))
    const { wire, clock } = scene()
    clock.epochMs = 1_000_000
    const engine: Partial<EngineCluster> = { topology, wire, clock, machines: new Map() }
    return new Story(new Cluster(engine as EngineCluster, { mode: 'cold', ms: 0 }), clock)
  }

  node(name: string): Node {
    return this.cluster.node(name)
  }

  advert(at: number, name: 'a' | 'b', priority = 100): this {
    const { cable, srcMac } = this.#of(name)
    const advert: VrrpEvent = advertEvent(at, this.node(name).address, { vrid: 18, priority, addresses: [VIP] })
    return this.add({ ...advert, cable, srcMac })
  }

  /** A gratuitous ARP, and who is told something new by it. */
  announce(at: number, name: 'a' | 'b', told: Readonly<Record<string, 'a' | 'b' | undefined>> = {}): this {
    const { cable, srcMac } = this.#of(name)
    const arp: ArpEvent = arpEvent(at, name, { senderIp: VIP, targetIp: VIP, senderMac: srcMac })
    this.add({ ...arp, cable, srcMac })
    for (const [who, before] of Object.entries(told)) {
      const previous = before === undefined ? undefined : this.node(before).mac
      const binding: BindingEvent = {
        ...{ type: 'binding', at: ms(at), network: 'lan', cable: `${who}:eth0`, from: cable },
        ...{ ip: VIP, mac: srcMac, previous },
      }
      this.add(binding)
    }
    return this
  }

  /** A request of the client by way of a director, by wire and by the client's own account. */
  request(at: number, by: 'a' | 'b', fate: Fate = 'served', own: Partial<Request> = {}): this {
    const port = this.#port++
    const director = this.#of(by)
    const web = this.#of('web')
    const client = this.#of('client')
    const out = `10.0.0.2:${port} > ${VIP}:80`
    const back = `${VIP}:80 > 10.0.0.2:${port}`
    const toDirector = { ...client, dstMac: director.srcMac }
    const toWeb = { ...director, dstMac: web.srcMac }
    const toClient = { ...web, dstMac: client.srcMac }
    const get = { http: 'GET / HTTP/1.1', payloadLength: 60 }
    this.add(say(at, toDirector, out, 'S'))
    if (fate === 'refused') this.add(say(at + 1, { ...director, dstMac: client.srcMac }, back, 'RA'))
    if (fate !== 'refused' && fate !== 'no SYN-ACK') {
      this.add(say(at + 0.5, toWeb, out, 'S'), say(at + 1, toClient, back, 'SA'))
      this.add(say(at + 2, toDirector, out, 'A', get))
    }
    if (fate === 'served' || fate === 'status 503') {
      const status = fate === 'served' ? '200 OK' : '503 Service Unavailable'
      this.add(say(at + 2.5, toWeb, out, 'A', get))
      this.add(say(at + 5, toClient, back, 'A', { http: `HTTP/1.1 ${status}`, payloadLength: 200 }))
    }
    const ok = fate === 'served'
    const durationMs = ok ? 6 : fate === 'refused' ? 1 : MAX_TIME_MS
    this.requests.push({
      ...{ index: this.requests.length, at: ms(at), atFromWire: true, durationMs, ok, exitCode: ok ? 0 : 28 },
      ...{ httpCode: ok ? 200 : 0, server: ok ? '10.0.0.10' : undefined, localPort: port, error: undefined, ...own },
    })
    return this
  }

  /** Requests every interval. */
  load(from: number, to: number, by: 'a' | 'b', fate: Fate = 'served'): this {
    for (let at = from; at < to; at += INTERVAL_MS) this.request(at, by, fate)
    return this
  }

  add(...events: (WireEvent | TcpEvent)[]): this {
    this.#events.push(...events)
    return this
  }

  /** All that was told is on the wire, in order of time, and it is `now`. */
  tell(now: number): Cluster {
    this.cluster.wire.append(this.#events.sort((a, b) => a.at - b.at))
    this.#clock.time = now
    return this.cluster
  }

  #of(name: string): { cable: `${string}:${string}`; srcMac: string } {
    return { cable: `${name}:eth0`, srcMac: this.node(name).mac }
  }
}
