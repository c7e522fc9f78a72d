import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { netmaskOf, vagrantPlan } from '../../../../src/engine/vagrant/vagrant-plan.ts'
import { listTopologies, withoutPrefix } from '../../../../src/topology/index.ts'

const HOST = { acceleration: 'tcg', box: { name: 'lvslab-x', path: '/x/lvslab.box' }, stock: false } as const

void t.test('every machine, NIC and address of every topology is in its plan', async (t) => {
  for (const topology of await listTopologies()) {
    const plan = await vagrantPlan(topology, HOST)
    t.strictSame(
      plan.machines.map(({ name, nics, memoryMiB }) => ({
        name,
        memoryMiB,
        nics: nics.map(({ ip, mac }) => [ip, mac]),
      })),
      topology.nodes.map(({ name, memoryMiB, interfaces }) => ({
        name,
        memoryMiB,
        nics: interfaces.map(({ address, mac }) => [withoutPrefix(address), mac.replaceAll(':', '')]),
      })),
      topology.name,
    )
    const networks = new Set(plan.machines.flatMap(({ nics }) => nics.map(({ network }) => network)))
    t.equal(networks.size, topology.networks.length, 'as many networks, of names of their own')
  }
})

void t.test('netmasks', (t) => {
  t.strictSame(['10.0.0.1/8', '10.0.0.1/24', '10.0.0.1/25', '10.0.0.1/32', '10.0.0.1/0'].map(netmaskOf), [
    '255.0.0.0',
    '255.255.255.0',
    '255.255.255.128',
    '255.255.255.255',
    '0.0.0.0',
  ])
  t.end()
})

void t.test('the provisioning script is a shell script that carries the node', async (t) => {
  const [topology] = await listTopologies()
  const { machines } = await vagrantPlan(topology!, HOST)
  const folder = mkdtempSync(join(tmpdir(), 'lvslab-test-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const { name, provision } of machines) {
    // Unpacked elsewhere, and the scripts in it not run.
    const unpacking = provision.slice(0, provision.indexOf('\nLVSLAB\n') + 8).replace('-C /', `-C ${folder}`)
    execFileSync('sh', ['-eu', '-c', unpacking])
    const env = readFileSync(join(folder, 'etc/lvslab/node.env'), 'utf8')
    t.match(env, `NODE='${name}'`)
    t.match(env, "RENAME='by-mac'")
    t.match(provision, 'node.sh setup')
    execFileSync('sh', ['-n', '-c', provision])
  }
})

void t.test('a stock box gets the packages first', async (t) => {
  const [topology] = await listTopologies()
  const { machines } = await vagrantPlan(topology!, { ...HOST, stock: true })
  for (const { provision } of machines) {
    t.ok(
      provision.indexOf('stock-box.sh') > 0 && provision.indexOf('stock-box.sh') < provision.indexOf('node.sh setup'),
    )
    t.match(provision, / keepalived /)
  }
})
