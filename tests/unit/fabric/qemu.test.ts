import { execa } from 'execa'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import t from 'tap'
import type { Fabric } from '../../../src/fabric/index.ts'
import { cableOf, isChange, Lab, macs } from './support/lab.ts'

const QEMU = '/usr/bin/qemu-system-x86_64'
const skip = await access(QEMU).then(
  () => false as const,
  () => `${QEMU} is not installed`,
)

/** A machine without a disk: its NIC's boot ROM asks for an address by DHCP, which is a frame from a real QEMU. */
function boot(fabric: Fabric) {
  const netdev = `stream,id=net0,server=off,addr.type=unix,addr.path=${fabric.socketPath(cableOf('a'))}`
  const device = `virtio-net-pci,netdev=net0,mac=${macs.a}`
  const args = ['-machine', 'pc', '-m', '64', '-display', 'none', '-boot', 'n', '-netdev', netdev, '-device', device]
  return execa(QEMU, args, { reject: false })
}

void t.test('a real QEMU connects, speaks, dies and comes back', { skip }, async (t) => {
  await using lab = await Lab.start()
  const { fabric } = lab
  const peer = await lab.connect('b')
  for (let life = 0; life < 2; life++) {
    const since = fabric.clock.now()
    const qemu = boot(fabric)
    using _machine = { [Symbol.dispose]: () => void qemu.kill('SIGKILL') }
    await fabric.wire.waitFor(isChange(cableOf('a'), 'connected'), { since, timeoutMs: 20_000 })
    await fabric.wire.waitFor((event) => event.type === 'learn' && event.mac === macs.a, { since, timeoutMs: 60_000 })
    if (peer.received.length === 0) await once(peer.socket, 'data')
    t.equal(peer.received[0]?.subarray(6, 12).toString('hex'), macs.a.replaceAll(':', ''))
    const killedAt = fabric.clock.now()
    qemu.kill('SIGKILL')
    const gone = await fabric.wire.waitFor(isChange(cableOf('a'), 'disconnected'), { since: killedAt, timeoutMs: 5000 })
    t.comment(`noticed after ${(gone.at - killedAt).toFixed(1)} ms`)
    await qemu
    peer.received.length = 0
  }
})
