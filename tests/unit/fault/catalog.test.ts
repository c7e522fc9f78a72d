import t from 'tap'
import { CAPABILITIES, lacking, type Capability } from '../../../src/engine/capabilities.ts'
import { FAULT_KINDS, findNode, injectFault, needsOf, ROLE_WORDS, whyImpossible } from '../../../src/fault/index.ts'
import { fakeCluster } from './support/fake-cluster.ts'

const nodes = {
  client: { roles: ['client'] },
  lb1: { roles: ['director'], services: ['keepalived'] },
  lb2: { roles: ['director', 'heartbeat'], services: ['keepalived'] },
  web1: { roles: ['real-server', 'web'], services: ['nginx'] },
  web2: { roles: ['real-server', 'web'], services: ['nginx'] },
  nfs: { roles: ['nfs-server'], services: ['nfs-server'] },
} as const

const without = (...missing: Capability[]) => CAPABILITIES.filter((one) => !missing.includes(one))

void t.test('each kind has a name of its own, and says what it needs', async (t) => {
  t.equal(new Set(FAULT_KINDS.map(({ name }) => name)).size, FAULT_KINDS.length)
  for (const { name, needs, on } of FAULT_KINDS) {
    t.ok(needs.length > 0, name)
    t.same(lacking(new Set(CAPABILITIES), needs), [])
    if (on === 'machine')
      t.ok(
        needs.some((need) => ['exec', 'power', 'reset', 'panic', 'freeze'].includes(need)),
        name,
      )
  }
  t.same(needsOf(['panic', 'arp-spoof', 'reset']), ['panic', 'power', 'exec', 'stranger', 'reset'])
  t.throws(() => needsOf(['earthquake']), { code: 'LVSLAB_E_FAULT_UNKNOWN' })
})

void t.test('what the engine cannot do is refused before anything is done', async (t) => {
  for (const kind of FAULT_KINDS) {
    for (const need of kind.needs) {
      const { cluster, machine, network } = fakeCluster(nodes, without(need))
      const target = kind.on === 'network' ? 'lan' : 'web1'
      await t.rejects(injectFault(cluster, kind.name, target), {
        code: 'LVSLAB_E_ENGINE_LACKS',
        exitCode: 2,
        message: `the fake engine cannot inject ${kind.name}: it lacks ${need}`,
      })
      t.equal(whyImpossible(kind, cluster), `the fake engine lacks ${need}`)
      t.same([...Object.keys(nodes).flatMap((name) => machine(name).done), ...network], [])
    }
  }
})

void t.test('what the topology has not is known beforehand', async (t) => {
  const { cluster } = fakeCluster({ client: { roles: ['client'] } })
  const bare = {
    ...cluster,
    topology: { ...cluster.topology, vips: [], virtualServices: [] },
  } as unknown as typeof cluster
  const reasons = FAULT_KINDS.map((kind) => [kind.name, whyImpossible(kind, bare)])
  t.same(
    reasons.filter(([, why]) => why !== undefined),
    [
      ['nfs-gone', 'there is no NFS server'],
      ['port-exhaustion', 'there is no virtual service'],
      ['arp-spoof', 'there is no VIP'],
    ],
  )
  t.equal(
    FAULT_KINDS.find((kind) => whyImpossible(kind, fakeCluster(nodes).cluster)),
    undefined,
  )
})

void t.test('a node is found by its name and by what it is now', async (t) => {
  const { cluster } = fakeCluster(nodes)
  const found = {
    ...{ master: 'lb1', backup: 'lb2', director: 'lb1', client: 'client', 'real-server': 'web1' },
    ...{ web: 'web1', 'nfs-server': 'nfs', heartbeat: 'lb2', web2: 'web2' },
  }
  for (const [who, name] of Object.entries(found)) t.equal((await findNode(cluster, who)).name, name, who)
  await t.rejects(findNode(cluster, 'mastre'), { code: 'LVSLAB_E_NODE_UNKNOWN', todo: 'did you mean "master"?' })
  for (const wrong of ['any-real-server#', 'any-real-server#x', 'any-client', 'toString', '#1']) {
    await t.rejects(findNode(cluster, wrong), { code: 'LVSLAB_E_NODE_UNKNOWN' }, wrong)
  }
  t.ok(Object.keys(found).every((who) => ROLE_WORDS.includes(who) || who in nodes))
})

void t.test('a choice is said, can be made again, and falls on each', async (t) => {
  const { cluster } = fakeCluster(nodes)
  const said: string[] = []
  const chosen = await findNode(cluster, 'any-real-server', { say: (line) => said.push(line) })
  const [, again = '', name] = /^(any-real-server#\d+) is (\w+), of web1, web2$/.exec(said[0] ?? '') ?? []
  t.equal(name, chosen.name)
  t.equal((await findNode(cluster, again)).name, chosen.name)
  const counts = new Map<string, number>()
  for (let seed = 0; seed < 1_000; seed++) {
    const { name: one } = await findNode(cluster, `any-real-server#${seed}`)
    counts.set(one, (counts.get(one) ?? 0) + 1)
  }
  // Six standard deviations of a fair coin.
  for (const one of ['web1', 'web2']) t.ok(Math.abs((counts.get(one) ?? 0) - 500) < 6 * Math.sqrt(250), one)
})

const typed: [kind: string, target: string, struck: string][] = [
  ['stop-service', 'web:nginx', 'web1:nginx'],
  ['restart-service', 'any-real-server#3:nginx', 'web2:nginx'],
  ['reset', 'master', 'lb1'],
  ['panic', 'backup', 'lb2'],
  ['clock-step', 'web1:+1h', 'web1:+3600000ms'],
  ['clock-step', 'web1:-90s', 'web1:-90000ms'],
  ['clock-step', 'web1:+1.5s', 'web1:+1500ms'],
  ['cpu-hog', 'web1', 'web1:2'],
  ['cpu-hog', 'web1:processes=4,30s', 'web1:4'],
  ['nfs-gone', 'nfs-server', 'nfs:service'],
  ['nfs-gone', 'nfs:cable', 'nfs:cable'],
  ['arp-spoof', 'lan:10.0.0.7,500ms,answer', 'lan:10.0.0.7 by '],
]

void t.test('a person types them', async (t) => {
  for (const [kind, target, struck] of typed) {
    const fault = await injectFault(fakeCluster(nodes).cluster, kind, target)
    t.ok(fault.target.startsWith(struck), `${kind} ${target}: ${fault.target}`)
  }
})

const mistyped: [kind: string, target: string, message: RegExp][] = [
  ['stop-service', 'web1', /needs to be told more/],
  ['kill-process', 'lb1:keepalived:mother', /cannot read "mother"/],
  ['kill-process', 'lb1:keepalived:vrrp:KILL:TERM', /cannot read "vrrp:KILL:TERM"/],
  ['clock-step', 'web1', /needs to be told more/],
  ['clock-step', 'web1:90s', /cannot read "90s"/],
  ['clock-step', 'web1:+90', /cannot read "\+90"/],
  ['cpu-hog', 'web1:4', /cannot read "4"/],
  ['nfs-gone', 'nfs:power', /cannot read "power"/],
  ['nfs-gone', 'web1', /web1 is no NFS server/],
  ['port-exhaustion', 'client:ports=many', /cannot read "ports=many"/],
  ['arp-spoof', 'back', /no VIP to claim/],
  ['arp-spoof', 'lan:soon', /cannot read "soon"/],
  ['arp-spoof', 'wan', /no network "wan"/],
]

void t.test('what cannot be understood is refused, and nothing is done', async (t) => {
  for (const [kind, target, message] of mistyped) {
    const { cluster, machine, network } = fakeCluster(nodes)
    const refused = { code: 'LVSLAB_E_FAULT_TARGET', exitCode: 2, message }
    await t.rejects(injectFault(cluster, kind, target), refused, `${kind} ${target}`)
    t.same([...Object.keys(nodes).flatMap((name) => machine(name).done), ...network], [])
  }
})
