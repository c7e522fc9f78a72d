import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import { decodeFrame } from '../../../src/fabric/decode.ts'
import { ethernet, ipv4, segment, tcp } from './support/frames.ts'

const ends = { src: '52:54:00:00:00:0a', dst: '52:54:00:00:00:0b' }
const addresses = { src: '10.0.0.1', dst: '10.0.0.2' }
const decode = (frame: Uint8Array) => decodeFrame(frame, { at: 1 as ClusterTime, network: 'lan', cable: 'a:eth0' })
const command = (payload: string) =>
  decode(segment(ends, addresses, { srcPort: 4000, dstPort: 21, flags: 'PA', payload }))
const reply = (payload: string) =>
  decode(segment(ends, addresses, { srcPort: 21, dstPort: 4000, flags: 'PA', payload }))

void t.test('commands to port 21', async (t) => {
  for (const line of [
    'PORT 10,0,0,11,195,80',
    'EPRT |1|10.0.0.11|50000|',
    'PASV',
    'EPSV',
    'pasv',
    'RETR a b',
    'CWD /',
  ]) {
    t.match(command(`${line}\r\n`), { type: 'tcp', ftp: line, payloadLength: line.length + 2, http: undefined }, line)
  }
})

void t.test('replies from port 21', async (t) => {
  const lines = [
    '227 Entering Passive Mode (10,0,0,11,195,80)',
    '229 Entering Extended Passive Mode (|||50000|)',
    '220 ready',
    '220-Welcome',
    '150 Here it comes',
  ]
  for (const line of lines) t.match(reply(`${line}\r\n220 and more\r\n`), { ftp: line }, line)
})

void t.test('a line is told as far as the segment has it, and not beyond 256 bytes', async (t) => {
  t.match(reply('227 Entering Pass'), { ftp: '227 Entering Pass' })
  t.match(reply(`220 ${'x'.repeat(1000)}`), { ftp: `220 ${'x'.repeat(252)}` })
})

void t.test('what only looks like one is none', async (t) => {
  const none = ['', 'a', '22 ', '2200 ', '720 no such', ' PASV', 'PASVE', 'FILES: a', '1234', '\r\n']
  for (const payload of none) {
    t.equal(command(payload), undefined, `command ${payload}`)
    t.equal(reply(payload), undefined, `reply ${payload}`)
  }
  t.equal(reply('PASV\r\n'), undefined, 'a command from the server')
  t.equal(command('220 ready\r\n'), undefined, 'a reply from the client')
  const elsewhere = { srcPort: 4000, dstPort: 2121, flags: 'PA', payload: 'PASV\r\n' }
  t.equal(decode(segment(ends, addresses, elsewhere)), undefined, 'on another port')
})

void t.test('a segment without payload on port 21 has no line', async (t) => {
  const syn = decode(segment(ends, addresses, { srcPort: 4000, dstPort: 21, flags: 'S' }))
  t.notOk(syn === undefined || 'ftp' in syn)
})

void t.test('FTP in a tunnel', async (t) => {
  const pasv = { srcPort: 4000, dstPort: 21, flags: 'PA', payload: 'PASV\r\n' }
  const inner = ipv4({ src: '10.0.9.1', dst: '10.0.0.9', protocol: 6 }, tcp(pasv))
  const tunnelled = decode(ethernet(ends, 0x0800, ipv4({ ...addresses, protocol: 4 }, inner)))
  t.match(tunnelled, { ftp: 'PASV', tunnel: { dstIp: '10.0.0.2' } })
})
