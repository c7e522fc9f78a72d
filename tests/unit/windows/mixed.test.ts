import t from 'tap'
import { loadTopology } from '../../../src/topology/load.ts'
import { expectedWindows } from '../../../src/verdict/windows/index.ts'

// lb1 is preferred. When a new master refreshes ARP entries for the first time depends on its release.
const windows = async (lb1: string, lb2: string) =>
  expectedWindows(await loadTopology('versions'), { versions: new Map(Object.entries({ lb1, lb2 })) })

void t.test('each director has the windows of its own keepalived', async (t) => {
  const mixed = await windows('1:2.2.7-1+b2', '1:2.3.3-1')
  t.equal(mixed.conf('lb1').version, '2.2.7')
  t.equal(mixed.conf('lb2').version, '2.3.3')
  t.match(mixed.garpRefresh({ node: 'lb1' }, 'first'), { minMs: 9_995, maxMs: 10_150 })
  t.match(mixed.garpRefresh({ node: 'lb2' }, 'first'), { minMs: 14_995, maxMs: 15_050 })
  const swapped = await windows('1:2.3.3-1', '1:2.2.7-1+b2')
  t.match(swapped.garpRefresh({ node: 'lb1' }, 'first'), { minMs: 14_995, maxMs: 15_050 })
  t.match(swapped.garpRefresh({ node: 'lb2' }, 'first'), { minMs: 9_995, maxMs: 10_150 })
})

void t.test('a check is by the rules of the director that makes it', async (t) => {
  const mixed = await windows('2.2.7', '2.3.3')
  const check = { server: 'web1', failure: 'host-gone' } as const
  const [older, newer] = ['lb1', 'lb2'].map((director) => mixed.checkerReturn({ ...check, director }))
  t.not(older!.formula, newer!.formula)
})

void t.test('a director whose source was not read says so of its own windows only', async (t) => {
  const mixed = await windows('2.1.5', '2.3.3')
  const note = /the source of keepalived 2\.1\.5 was not read/
  t.match(mixed.garpRefresh({ node: 'lb1' }, 'next').source, note)
  t.notMatch(mixed.garpRefresh({ node: 'lb2' }, 'next').source, note)
  t.notMatch(mixed.vrrpTakeover({ from: 'lb1', to: 'lb2' }).source, note, 'the successor counts')
})

void t.test('without versions of their own, all have the one that is given', async (t) => {
  const all = await expectedWindows(await loadTopology('versions'), {
    version: '2.3.3',
    versions: new Map([['lb2', '2.2.7']]),
  })
  t.equal(all.conf('lb1').version, '2.3.3')
  t.equal(all.conf('lb2').version, '2.2.7')
})
