import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { after } from '../../../../src/clock.ts'
import { Cluster } from '../../../../src/cluster/index.ts'
import type { EngineCluster } from '../../../../src/engine/engine.ts'
import { Fabric } from '../../../../src/fabric/index.ts'
import { loadTopology } from '../../../../src/topology/index.ts'
import { failoverTimeline, type TimelineDraft } from '../../../../src/verdict/index.ts'
import { compareWithTshark } from '../../../harness/support/timeline-by-tshark.ts'
import { advert, arp, BROADCAST, datagram, plain, segment, type TcpFields } from '../../fabric/support/frames.ts'
import { Machine } from '../../fabric/support/machine.ts'
import { topologyFolder } from '../../topology/fixture.ts'
import { PAIR, VIP } from './story.ts'

const TSHARK = '/usr/bin/tshark'
const skip = await access(TSHARK).then(
  () => false as const,
  () => `${TSHARK} is not installed`,
)

/** RFC 5798 section 7.3. */
const VMAC = '00:00:5e:00:01:12'
const NODES = ['client', 'a', 'b', 'web'] as const
type Name = (typeof NODES)[number]

/** A pair of directors without machines, on a fabric of its own: what they send is written here. */
class Stage implements AsyncDisposable {
  readonly cluster: Cluster
  readonly fabric: Fabric
  readonly #machines: ReadonlyMap<Name, Machine>
  readonly #folder: string
  #port = 40_000

  private constructor(cluster: Cluster, fabric: Fabric, machines: ReadonlyMap<Name, Machine>, folder: string) {
    this.cluster = cluster
    this.fabric = fabric
    this.#machines = machines
    this.#folder = folder
  }

  static async set(test: Parameters<typeof topologyFolder>[0]): Promise<Stage> {
    const topology = await loadTopology(await topologyFolder(test, PAIR))
    const folder = await mkdtemp(join(tmpdir(), 'lvslab-stage-'))
    const fabric = await Fabric.start({
      ...{ socketDir: join(folder, 's'), captureDir: join(folder, 'captures') },
      networks: [{ name: 'lan', kind: 'switch' }],
      cables: topology.nodes.map(({ name, interfaces: [nic] }) => {
        return { id: `${name}:eth0` as const, network: 'lan', mac: nic!.mac }
      }),
    })
    const machines = new Map<Name, Machine>()
    for (const name of NODES) machines.set(name, await Machine.connect(fabric.socketPath(`${name}:eth0`)))
    const parts: Partial<EngineCluster> = { topology, wire: fabric.wire, clock: fabric.clock, machines: new Map() }
    return new Stage(new Cluster(parts as EngineCluster, { mode: 'cold', ms: 0 }), fabric, machines, folder)
  }

  mac(name: Name): string {
    return this.cluster.node(name).mac
  }

  /** Sends frames one by one, each a millisecond or more after the one before: tshark must tell them apart. */
  async send(name: Name, ...frames: Buffer[]): Promise<void> {
    for (const frame of frames) {
      await this.#machines.get(name)!.send(frame)
      await this.fabric.flush()
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  }

  async advert(name: 'a' | 'b', priority: number): Promise<void> {
    const src = this.cluster.node(name).address
    await this.send(
      name,
      advert(this.mac(name), { version: 2, src, vrid: 18, priority, interval: 1, addresses: [VIP] }),
    )
  }

  async announce(name: 'a' | 'b'): Promise<void> {
    await this.send(name, arp({ operation: 1, senderMac: this.mac(name), senderIp: VIP, targetIp: VIP }))
  }

  async heartbeat(name: 'a' | 'b'): Promise<void> {
    const ends = { src: this.cluster.node(name).address, dst: '10.0.0.255' }
    const field = (text: string): string => `${text.length}:${text},`
    const payload = `###\n${field('(0)t=status')}${field('(0)st=active')}${field(`(0)src=${name}`)}%%%\n`
    await this.send(
      name,
      datagram({ src: this.mac(name), dst: BROADCAST }, ends, { srcPort: 694, dstPort: 694, payload }),
    )
  }

  /** One request of the client by way of a director; of a lost one, nothing follows the SYN. */
  async request(by: 'a' | 'b', served = true): Promise<void> {
    const srcPort = this.#port++
    const out = { src: '10.0.0.2', dst: VIP }
    const back = { src: VIP, dst: '10.0.0.2' }
    const asks = (fields: Partial<TcpFields>): TcpFields => ({ srcPort, dstPort: 80, flags: 'A', ...fields })
    const answers = (fields: Partial<TcpFields>): TcpFields => ({
      srcPort: 80,
      dstPort: srcPort,
      flags: 'A',
      ...fields,
    })
    const toDirector = { src: this.mac('client'), dst: this.mac(by) }
    const toWeb = { src: this.mac(by), dst: this.mac('web') }
    const toClient = { src: this.mac('web'), dst: this.mac('client') }
    await this.send('client', segment(toDirector, out, asks({ flags: 'S' })))
    if (!served) return
    await this.send(by, segment(toWeb, out, asks({ flags: 'S' })))
    await this.send('web', segment(toClient, back, answers({ flags: 'SA' })))
    const get = asks({ flags: 'PA', seq: 2, payload: 'GET / HTTP/1.1\r\n\r\n' })
    await this.send('client', segment(toDirector, out, get))
    await this.send(by, segment(toWeb, out, get))
    const page = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nweb\n'
    await this.send('web', segment(toClient, back, answers({ flags: 'PA', seq: 2, payload: page })))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines.values()) machine[Symbol.dispose]()
    await this.fabric[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** Director a falls silent, b takes over: every kind of event that a wire can show. */
async function failover(stage: Stage): Promise<TimelineDraft> {
  const { cluster } = stage
  const began = cluster.clock.now()
  await stage.send('a', plain(VMAC, BROADCAST, 'the virtual router is here'))
  await stage.announce('a')
  for (let round = 0; round < 3; round++) {
    await stage.advert('a', 100)
    await stage.heartbeat('a')
    await stage.request('a')
  }
  const fault = { at: cluster.clock.now(), label: 'a falls silent', node: 'a' }
  await stage.request('a', false)
  await stage.request('a', false)
  await stage.advert('b', 90)
  await stage.send('b', plain(VMAC, BROADCAST, 'the virtual router is here'))
  for (let count = 0; count < 3; count++) await stage.announce('b')
  await stage.advert('b', 90)
  await stage.request('b')
  await stage.request('b')
  await stage.fabric.flush()
  return failoverTimeline(cluster, {
    ...{ title: 'a falls silent', fault, silent: cluster.node('a') },
    takeover: cluster.wire.takeover({ vrid: 18, since: fault.at }),
    // Long enough for a busy host: nothing here waits for it.
    load: { requests: [], intervalMs: 50, maxTimeMs: 2_000, began, until: after(cluster.clock.now(), 2_000) },
  })
}

// Each filter is a start of tshark, about a second each on a busy host.
t.setTimeout(180_000)

void t.test('tshark finds every event of a timeline on the capture, to the millisecond', { skip }, async (t) => {
  await using stage = await Stage.set(t)
  const timeline = await failover(stage)
  const comparisons = await compareWithTshark(timeline, () => stage.fabric.captures[0]!.path)
  const kinds = comparisons.map(({ event }) => event.kind)
  const all = ['last advert', 'last heartbeat', 'first request lost', 'first advert', 'MAC moved', 'gratuitous ARP']
  const later = ['neighbour told', 'first request served', 'first SYN answered', 'first HTTP answer']
  for (const kind of [...all, ...later]) t.ok(kinds.includes(kind), kind)
  t.equal(kinds.filter((kind) => kind === 'gratuitous ARP').length, 3)
  t.equal(comparisons.length, timeline.events.length - 1, 'all but the fault')
  for (const { event, problem } of comparisons) t.equal(problem, undefined, `${event.kind}: ${event.filter ?? ''}`)
})

void t.test('and it disagrees where a timeline is wrong', { skip }, async (t) => {
  await using stage = await Stage.set(t)
  const timeline = await failover(stage)
  const wrong = async (kind: string, change: Partial<TimelineDraft['events'][number]>): Promise<string | undefined> => {
    // Without filters the others are not looked for: each costs a start of tshark.
    const events = timeline.events.map(({ filter, ...event }) => {
      return event.kind === kind ? { ...event, ...(filter === undefined ? {} : { filter }), ...change } : event
    })
    const all = await compareWithTshark({ ...timeline, events }, () => stage.fabric.captures[0]!.path)
    return all.find(({ event }) => event.kind === kind)?.problem
  }
  const at = (kind: string): number => timeline.events.find((event) => event.kind === kind)!.atMs
  t.match(
    await wrong('first HTTP answer', { atMs: at('first HTTP answer') + 1.5 }),
    'the nearest frame is -1.500 ms off',
  )
  t.match(await wrong('neighbour told', { filter: 'arp.src.proto_ipv4 == 10.0.0.77' }), 'no frame in the capture')
  const second = stage.cluster.wire.adverts({ srcIp: '10.0.0.9' })[1]!.at
  t.match(await wrong('first advert', { atMs: second }), 'it is not the first')
  const before = stage.cluster.wire.adverts({ srcIp: '10.0.0.8' })[1]!.at
  t.match(await wrong('last advert', { atMs: before }), 'it is not the last')
})
