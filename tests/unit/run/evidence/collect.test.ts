import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { run } from '../../../../src/host/process.ts'
import { collectEvidence } from '../../../../src/run/evidence/collect.ts'
import { evidenceOf, listFiles } from '../../../../src/run/evidence/files.ts'
import { scriptsFor } from '../../../../src/run/evidence/questions.ts'
import { loadTopology, type NodeSpec } from '../../../../src/topology/index.ts'

const topology = await loadTopology('dr-vrrp')

type Cluster = Parameters<typeof collectEvidence>[0]
type Machine = Partial<Pick<Cluster['nodes'][number], 'running' | 'standstill'>> & {
  readonly run?: (script: string) => Promise<unknown>
}

/** dr-vrrp, whose machines are made up: what they run is this host's shell, unless they are told otherwise. */
function clusterWith(machines: Readonly<Record<string, Machine>>): Cluster {
  const answer = (script: string): Promise<unknown> => {
    const [, mark = ''] = /printf '\\n%s %s\\n' '(\S+)'/.exec(script) ?? []
    return Promise.resolve({ stdout: `\n${mark} ip.txt\n### ip address\n` })
  }
  const nodes = topology.nodes.map((spec) => ({
    ...{ spec, name: spec.name, running: true, standstill: undefined, run: answer },
    ...machines[spec.name],
  }))
  return { topology, nodes } as unknown as Cluster
}

const soon = (): number => performance.now() + 2_000

void t.test('a folder for each machine, and the topology as it was booted', async (t) => {
  const directory = t.testdir()
  await collectEvidence(clusterWith({}), directory, soon())
  const names = topology.nodes.map(({ name }) => name)
  t.same((await readdir(directory)).sort(), [...names, 'topology.json'].sort())
  for (const name of names) t.equal(await readFile(join(directory, name, 'ip.txt'), 'utf8'), '### ip address\n')
  const booted = JSON.parse(await readFile(join(directory, 'topology.json'), 'utf8')) as typeof topology
  t.match(booted, { name: 'dr-vrrp', nodes: [{ interfaces: [{ address: /192\.168\.88\./, mac: /^02:/ }] }] })
})

void t.test('machines that are off, frozen, hung or lost get a note, and hold up nobody', async (t) => {
  const directory = t.testdir()
  const never = new Promise<never>(() => undefined)
  const cluster = clusterWith({
    keepalived: { running: false },
    'keepalived-backup': { standstill: 'frozen' },
    'node-1': { run: () => never },
    'node-2': { run: () => Promise.reject(new Error('the channel was closed')) },
  })
  const began = performance.now()
  await collectEvidence(cluster, directory, soon())
  t.ok(performance.now() - began < 10_000, 'the deadline ended it')
  const note = (name: string): Promise<string> => readFile(join(directory, name, 'not-collected.txt'), 'utf8')
  t.match(await note('keepalived'), /^keepalived: it does not run\n.*keepalived\.console\.log/)
  t.match(await note('keepalived-backup'), /it is frozen/)
  t.match(await note('node-1'), /no answer in the time that there is/)
  t.match(await note('node-2'), /no answer: the channel was closed/)
  const conf = await readFile(join(directory, 'keepalived/files/etc/keepalived/keepalived.conf'), 'utf8')
  t.match(conf, /vrrp_instance/, 'its configuration as it was given')
  t.notOk((await readdir(join(directory, 'client'))).includes('not-collected.txt'))
})

void t.test('one that dies on the way keeps what it has said', async (t) => {
  const directory = t.testdir()
  let asked = 0
  const dying = (script: string): Promise<unknown> => {
    const [, mark = ''] = /printf '\\n%s %s\\n' '(\S+)'/.exec(script) ?? []
    return ++asked === 1
      ? Promise.resolve({ stdout: `\n${mark} ipvs.txt\ntable\n` })
      : Promise.reject(new Error('it is gone'))
  }
  await collectEvidence(clusterWith({ keepalived: { run: dying } }), directory, soon())
  t.equal(await readFile(join(directory, 'keepalived/ipvs.txt'), 'utf8'), 'table\n')
  t.match(await readFile(join(directory, 'keepalived/not-collected.txt'), 'utf8'), /it is gone/)
})

void t.test('the scripts are such that a shell takes them, with names that need quoting too', async (t) => {
  const files = [{ guestPath: "/etc/it's $(here) file", hostPath: '/nonexistent', mode: '0644' }]
  const node = { ...topology.nodes[0]!, services: ['keepalived', 'heartbeat'], files } satisfies NodeSpec
  for (const script of scriptsFor(node, '=====m')) {
    await t.resolves(run('sh', ['-n', '-c', script], { timeoutMs: 5_000 }))
  }
  t.match(scriptsFor(node, '=====m').join('\n'), `dump 'files/etc/it'\\''s $(here) file' '/etc/it'\\''s $(here) file'`)
})

void t.test('files are named by kind, whatever folder they are in, and empty ones are left out', async (t) => {
  const directory = t.testdir({
    'lan.pcapng': 'x',
    'empty.txt': '',
    'node-1': { 'ip.txt': 'x', 'journal.txt': 'x', 'keepalived_check.data': 'x', files: { etc: { 'a.conf': 'x' } } },
    'node-1.console.log': 'x',
    'topology.json': '{}',
  })
  const evidence = await evidenceOf(await listFiles(directory), directory, true)
  t.same(
    evidence.map(({ kind, label }) => `${label}: ${kind}`),
    [
      'lan.pcapng: capture',
      'node-1.console.log: console',
      'node-1/files/etc/a.conf: configuration',
      'node-1/ip.txt: state',
      'node-1/journal.txt: journal',
      'node-1/keepalived_check.data: keepalived.data',
      'topology.json: topology',
    ],
  )
  t.ok(evidence.every(({ bytes, path, label }) => (bytes === 1 || bytes === 2) && path === label))
})
