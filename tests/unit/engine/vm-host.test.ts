import t from 'tap'
import { hostFor, versionsOf, withNamed, type VmHost } from '../../../src/engine/vm/vm-host.ts'
import type { Kernel, Userland } from '../../../src/image/index.ts'
import { loadTopology } from '../../../src/topology/index.ts'

const kernel = (release: string): Kernel => ({ release, key: release }) as Kernel
const userland = (keepalived: string): Userland => ({ keepalived, key: keepalived }) as Userland

/** As much of a host as says what its nodes are made with. */
function host(parts: Partial<VmHost> = {}): VmHost {
  const usual = { kernel: kernel('6.1'), userland: userland('1:2.2.7-1'), others: userland('1:2.2.7-1') }
  return { ...usual, namedKernels: [], namedUserlands: [], ...parts } as unknown as VmHost
}

void t.test('one version for all: on directors only, as far as keepalived goes', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const all = host({ userland: userland('1:2.3.3-1') })
  t.strictSame(Object.fromEntries(versionsOf(all, topology)), {
    client: { kernel: '6.1' },
    keepalived: { kernel: '6.1', keepalived: '1:2.3.3-1' },
    'keepalived-backup': { kernel: '6.1', keepalived: '1:2.3.3-1' },
    'node-1': { kernel: '6.1' },
    'node-2': { kernel: '6.1' },
  })
  const [client] = topology.nodes
  t.equal(hostFor(all, topology, client!).userland.keepalived, '1:2.2.7-1', 'the client keeps its curl')
})

void t.test('the two directors differ, each axis by itself', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const mixed = host({
    namedKernels: [{ name: 'keepalived-backup', is: kernel('6.12') }],
    namedUserlands: [
      { name: 'master', is: userland('1:2.1.5-1') },
      { name: 'backup', is: userland('1:2.3.3-1') },
    ],
  })
  const versions = versionsOf(mixed, topology)
  t.strictSame(versions.get('keepalived'), { kernel: '6.1', keepalived: '1:2.1.5-1' })
  t.strictSame(versions.get('keepalived-backup'), { kernel: '6.12', keepalived: '1:2.3.3-1' })
  t.strictSame(versions.get('node-1'), { kernel: '6.1' })
  t.equal(
    withNamed(mixed.kernel, mixed.namedKernels, ({ release }) => release),
    'keepalived-backup 6.12, others 6.1',
  )
})

void t.test('what is for all is for those that are not named', async (t) => {
  const topology = await loadTopology('dr-vrrp')
  const mixed = host({
    userland: userland('1:2.1.5-1'),
    namedUserlands: [{ name: 'backup', is: userland('1:2.3.3-1') }],
  })
  const versions = versionsOf(mixed, topology)
  t.equal(versions.get('keepalived')?.keepalived, '1:2.1.5-1')
  t.equal(versions.get('keepalived-backup')?.keepalived, '1:2.3.3-1')
})
