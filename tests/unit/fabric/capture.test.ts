import { execFile } from 'node:child_process'
import { access, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { InfrastructureError } from '../../../src/errors.ts'
import { advert, arp, BROADCAST, ethernet, ipv4, plain, segment, tcp } from './support/frames.ts'
import { cableOf, Lab, macs } from './support/lab.ts'

const run = promisify(execFile)
const TSHARK = '/usr/bin/tshark'
const skip = await access(TSHARK).then(
  () => false as const,
  () => `${TSHARK} is not installed`,
)

/** One row of fields for each packet, as another decoder than ours reads them. */
async function tshark(path: string, ...fields: string[]): Promise<string[][]> {
  const args = fields.flatMap((field) => ['-e', field])
  const { stdout } = await run(TSHARK, ['-r', path, '-T', 'fields', ...args], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'))
}

const ends = { src: macs.a, dst: macs.b }
const addresses = { src: '10.0.0.1', dst: '10.0.0.2' }

/** A moment on the cluster's clock as tshark shows it, to the nanosecond: exact, because the epoch is whole ms. */
function epochText(lab: Lab, at: number): string {
  const ns = BigInt(lab.fabric.clock.epochMs) * 1_000_000n + BigInt(Math.round(at * 1e6))
  return `${ns / 1_000_000_000n}.${String(ns % 1_000_000_000n).padStart(9, '0')}`
}

void t.test('tshark and the harness agree on who, what and when', { skip }, async (t) => {
  await using lab = await Lab.start()
  const { a, b, c } = await lab.connectAll()
  const vrrp = { src: '10.0.0.1', vrid: 51, priority: 150, addresses: ['10.0.0.8', '10.0.0.9'] }
  const frames = [
    advert(macs.a, { ...vrrp, version: 2, interval: 1, auth: 'secret' }),
    advert(macs.a, { ...vrrp, version: 3, interval: 50, priority: 0 }),
    arp({ operation: 1, senderMac: macs.a, senderIp: '10.0.0.9', targetIp: '10.0.0.9' }),
    segment(ends, addresses, { srcPort: 4000, dstPort: 80, flags: 'S', seq: 77 }),
    ethernet(
      ends,
      0x0800,
      ipv4(
        { ...addresses, protocol: 4 },
        ipv4({ src: '10.0.0.3', dst: '10.0.0.9', protocol: 6 }, tcp({ srcPort: 9, dstPort: 80, flags: 'R' })),
      ),
    ),
  ]
  for (const [index, frame] of frames.entries()) {
    await a.send(frame)
    await b.count(index + 1)
  }
  await c.send(arp({ operation: 2, senderMac: macs.c, senderIp: '10.0.0.3', targetMac: macs.a, targetIp: '10.0.0.1' }))
  await a.count(1)
  await lab.fabric.flush()

  const path = lab.fabric.captures[0]!.path
  const rows = await tshark(
    path,
    'frame.time_epoch',
    'frame.interface_name',
    'eth.src',
    'vrrp.virt_rtr_id',
    'vrrp.prio',
    'vrrp.checksum.status',
    'vrrp.ip_addr',
    'arp.opcode',
    'arp.isgratuitous',
    'ip.src',
    'tcp.srcport',
  )
  const events = lab.fabric.wire.events.filter(({ type }) => !['learn', 'binding', 'cable'].includes(type))
  t.same(
    rows.map(([time, name]) => [time, name]),
    events.map(({ at, cable }) => [epochText(lab, at), cable]),
  )
  const virtual = '10.0.0.8,10.0.0.9'
  t.same(
    rows.map((row) => row.slice(2).join(' ').trimEnd()),
    [
      `${macs.a} 51 150 1 ${virtual}   10.0.0.1`,
      `${macs.a} 51 0 1 ${virtual}   10.0.0.1`,
      `${macs.a}     1 1`,
      `${macs.a}       10.0.0.1 4000`,
      `${macs.a}       10.0.0.1,10.0.0.3 9`,
      `${macs.c}     2`,
    ].map((line) => line.trimEnd()),
  )
})

void t.test(
  'a capture has each frame once, injected ones with a remark, and none that was stopped',
  { skip },
  async (t) => {
    await using lab = await Lab.start('hub')
    const { fabric } = lab
    const text = (value: string) => plain(macs.a, BROADCAST, value.padEnd(50))
    await fabric.inject(cableOf('a'), text('seen'))
    await fabric.unplug(cableOf('a'))
    await fabric.inject(cableOf('a'), text('unplugged'))
    await fabric.plug(cableOf('a'))
    await fabric.block({ fromCable: cableOf('a') })
    await fabric.inject(cableOf('a'), text('blocked'))
    await fabric.inject(cableOf('b'), plain(macs.b, BROADCAST, 'x'.repeat(9000)))
    await fabric.flush()
    const rows = await tshark(
      fabric.captures[0]!.path,
      'frame.interface_name',
      'frame.len',
      'frame.cap_len',
      'frame.comment',
    )
    t.same(rows, [
      ['a:eth0', '64', '64', 'injected by lvslab'],
      ['b:eth0', '9014', '9014', 'injected by lvslab'],
    ])
  },
)

void t.test('a capture can be read while it is being written', { skip }, async (t) => {
  await using lab = await Lab.start()
  const { path } = lab.fabric.captures[0]!
  await lab.fabric.flush()
  const emptyBytes = (await stat(path)).size
  for (let round = 0; round < 3; round++) {
    await lab.fabric.inject(cableOf('a'), plain(macs.a, BROADCAST, `round ${round}`))
    // No flush is asked for: the writer's own comes within 250 ms.
    const deadline = lab.fabric.clock.now() + 10_000
    let rows: string[][] = []
    while (rows.length <= round && lab.fabric.clock.now() < deadline) rows = await tshark(path, 'frame.len')
    t.equal(rows.length, round + 1)
  }
  t.ok((await stat(path)).size > emptyBytes)
})

void t.test('disposal leaves a complete capture', { skip }, async (t) => {
  const lab = await Lab.start()
  const { path } = lab.fabric.captures[0]!
  t.teardown(() => lab[Symbol.asyncDispose]())
  for (let count = 0; count < 1000; count++) await lab.fabric.inject(cableOf('a'), plain(macs.a, BROADCAST, `${count}`))
  await lab.fabric[Symbol.asyncDispose]()
  t.equal((await tshark(path, 'frame.number')).length, 1000)
})

void t.test('a full disk is told, and does not disturb the forwarding', async (t) => {
  const lab = await Lab.start('switch', '/dev/full')
  const b = await lab.connect('b')
  const error: unknown = await lab.fabric.flush().catch((caught: unknown) => caught)
  t.type(error, InfrastructureError)
  t.match(error, { code: 'LVSLAB_E_FABRIC_CAPTURE', exitCode: 3, seen: /ENOSPC/ })
  await lab.fabric.inject(cableOf('a'), plain(macs.a, BROADCAST, 'still here'))
  await b.count(1)
  t.match(await lab.fabric.stats(), { frames: 1, uncaptured: 1 })
  const path = lab.fabric.socketPath(cableOf('a'))
  await t.rejects(lab[Symbol.asyncDispose](), { code: 'LVSLAB_E_FABRIC_CAPTURE' })
  await t.rejects(access(path))
})
