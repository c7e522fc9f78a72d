import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { buildInitramfs, cpio, loadOrder } from '../../../src/image/initramfs.ts'

/** The archive's members by buffer-format.rst: magic, thirteen fields of eight digits, name, data, padded to four. */
function membersOf(archive: Buffer): { name: string; mode: number; device: number[]; data: string }[] {
  const members = []
  for (let at = 0; at < archive.length;) {
    const field = (index: number): number =>
      parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16)
    const nameEnd = at + 110 + field(11)
    const dataStart = Math.ceil(nameEnd / 4) * 4
    const dataEnd = dataStart + field(6)
    members.push({
      name: archive.toString('utf8', at + 110, nameEnd - 1),
      mode: field(1),
      device: [field(9), field(10)],
      data: archive.toString('utf8', dataStart, dataEnd),
    })
    at = Math.ceil(dataEnd / 4) * 4
  }
  return members
}

const sample = cpio([
  { name: 'bin', mode: 0o040755 },
  { name: 'dev/console', mode: 0o020600, device: [5, 1] },
  ...['', 'a', 'ab', 'abc', 'abcd'].map((text) => ({ name: `f${text}`, mode: 0o100644, data: Buffer.from(text) })),
])

void t.test('an archive holds its members, whatever their lengths, and ends with a trailer', async (t) => {
  t.equal(sample.length % 4, 0)
  const members = membersOf(sample)
  t.strictSame(
    members.map(({ name }) => name),
    ['bin', 'dev/console', 'f', 'fa', 'fab', 'fabc', 'fabcd', 'TRAILER!!!'],
  )
  t.strictSame(members[1], { name: 'dev/console', mode: 0o020600, device: [5, 1], data: '' })
  t.equal(members[5]?.data, 'abc')
})

const cpioProgram = spawnSync('cpio', ['--version']).status === 0

void t.test('cpio(1) reads it', { skip: cpioProgram ? false : 'cpio is not installed' }, async (t) => {
  const { stdout, status } = spawnSync('cpio', ['--list', '--verbose', '--numeric-uid-gid', '--quiet'], {
    input: sample,
    encoding: 'utf8',
  })
  t.equal(status, 0)
  const lines = stdout.trim().split('\n')
  t.equal(lines.length, 7)
  t.match(lines[0], /^drwxr-xr-x .* bin$/)
  t.match(lines[1], /^crw------- .* 5, +1 .* dev\/console$/)
  t.match(lines[6], /^-rw-r--r-- .* 4 .* fabcd$/)
})

const modulesDep = `kernel/drivers/virtio/virtio.ko:
kernel/drivers/virtio/virtio_ring.ko: kernel/drivers/virtio/virtio.ko
kernel/drivers/virtio/virtio_pci.ko.xz: kernel/drivers/virtio/virtio_ring.ko kernel/drivers/virtio/virtio.ko
kernel/drivers/net/net-failover.ko: kernel/net/core/failover.ko
kernel/net/core/failover.ko:
kernel/drivers/net/virtio_net.ko: kernel/drivers/net/net-failover.ko kernel/drivers/virtio/virtio_ring.ko
`

void t.test('a module comes after what it needs, each once', async (t) => {
  const order = loadOrder(modulesDep, ['virtio_pci', 'virtio_net'])
  t.strictSame(
    order.map((path) => path.split('/').at(-1)),
    ['virtio.ko', 'virtio_ring.ko', 'virtio_pci.ko.xz', 'failover.ko', 'net-failover.ko', 'virtio_net.ko'],
  )
})

void t.test('hyphen and underscore are one in a name; what is built in is not loaded', async (t) => {
  t.strictSame(
    loadOrder(modulesDep, ['net_failover', 'net-failover', 'squashfs']).map((path) => path.split('/').at(-1)),
    ['failover.ko', 'net-failover.ko'],
  )
  t.strictSame(loadOrder('', ['virtio_net']), [])
})

void t.test('the initramfs holds busybox, init, the modules and their order', async (t) => {
  const base = t.testdir({ busybox: 'BUSYBOX', init: '#!/bin/busybox sh' })
  for (const path of ['kernel/drivers/virtio/virtio.ko', 'kernel/drivers/virtio/virtio_ring.ko']) {
    mkdirSync(join(base, path, '..'), { recursive: true })
    writeFileSync(join(base, path), `module ${path}`)
  }
  writeFileSync(join(base, 'modules.dep'), modulesDep)
  const image = await buildInitramfs({
    busybox: join(base, 'busybox'),
    init: join(base, 'init'),
    modulesDir: base,
    wanted: ['virtio_ring'],
  })
  const members = new Map(membersOf(gunzipSync(image)).map((member) => [member.name, member]))
  t.equal(members.get('init')?.mode, 0o100755)
  t.equal(members.get('bin/busybox')?.data, 'BUSYBOX')
  t.equal(members.get('modules/order')?.data, 'virtio.ko\nvirtio_ring.ko\n')
  t.ok(members.has('modules/virtio_ring.ko'))
})
