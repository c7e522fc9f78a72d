import t from 'tap'
import {
  answersBypassDirectors,
  natHidesRealServers,
  onlyCandidatesAnnounceVip,
  onlyCandidatesAnswerArp,
} from '../../../src/verdict/index.ts'
import { arpEvent, datagramEvent, echoEvent, say } from '../fabric/support/scene.ts'
import { CLIENT, RIP, VIP, watched } from './support/watched.ts'

const onOutside = { network: 'outside' }
const onInside = { network: 'inside' }
const hop = { cable: 'director:eth0', srcMac: 'x', dstMac: 'y' } as const
const answer = { operation: 'reply', gratuitous: false, senderIp: VIP, targetIp: CLIENT, ...onOutside } as const

void t.test('NAT: the VIP outside and the real server inside break nothing', async (t) => {
  const { judge } = await watched(t)
  const found = judge(
    natHidesRealServers,
    say(1, hop, `${CLIENT}:4000 > ${VIP}:80`, 'S', onOutside),
    say(2, hop, `${CLIENT}:4000 > ${RIP}:80`, 'S', onInside),
    say(3, hop, `${RIP}:80 > ${CLIENT}:4000`, 'SA', onInside),
    say(4, hop, `${VIP}:80 > ${CLIENT}:4000`, 'SA', onOutside),
    echoEvent(5, hop, `10.10.10.1 > ${RIP}`, onInside),
    arpEvent(6, '1', { targetIp: RIP, ...onOutside }),
  )
  t.same(found, [])
})

void t.test("NAT: a real server's address outside is told, as source and as destination", async (t) => {
  for (const event of [
    say(1, hop, `${RIP}:80 > ${CLIENT}:4000`, 'SA', onOutside),
    say(1, hop, `${CLIENT}:4000 > ${RIP}:80`, 'R', onOutside),
    datagramEvent(1, hop, `${RIP}:514 > ${CLIENT}:514`, onOutside),
    echoEvent(1, hop, `${CLIENT} > ${RIP}`, onOutside),
  ]) {
    const { judge } = await watched(t)
    t.match(judge(natHidesRealServers, event), [/^0\.001 s director:eth0 .*10\.10\.10\.11.*, on network outside$/])
  }
})

void t.test('NAT: what other forwarding methods show is their own affair', async (t) => {
  const { judge } = await watched(t, 'TUN')
  t.same(judge(natHidesRealServers, say(1, hop, `${CLIENT}:4000 > ${RIP}:80`, 'S', onOutside)), [])
})

void t.test('ARP: each candidate may answer by the interface that the VIP is on', async (t) => {
  const { judge, macOf } = await watched(t)
  const found = judge(
    onlyCandidatesAnswerArp,
    arpEvent(1, '1', { ...answer, senderMac: macOf('director', 'eth0') }),
    arpEvent(2, '1', { ...answer, senderMac: macOf('standby', 'eth0') }),
  )
  t.same(found, [])
})

void t.test("ARP: neither a director's other interface nor a real server may", async (t) => {
  const { judge, macOf } = await watched(t)
  const other = macOf('standby', 'eth1')
  const server = macOf('server', 'eth0')
  const found = judge(
    onlyCandidatesAnswerArp,
    arpEvent(1, '1', { ...answer, senderMac: other }),
    arpEvent(2, '1', { ...answer, senderMac: server }),
  )
  t.match(found, [new RegExp(`^0.001 s: ${VIP} answered by .*${other}`), new RegExp(`^0.002 s: .*${server}`)])
})

void t.test('gratuitous ARP: directors may announce the VIP, a stranger is told in either form', async (t) => {
  const { judge, macOf } = await watched(t)
  const claim = { gratuitous: true, senderIp: VIP, targetIp: VIP, ...onOutside } as const
  const stranger = { ...claim, senderMac: '02:66:66:66:66:66' }
  const found = judge(
    onlyCandidatesAnnounceVip,
    arpEvent(1, '1', { ...claim, operation: 'request', senderMac: macOf('director', 'eth0') }),
    arpEvent(2, '1', { ...claim, operation: 'reply', senderMac: macOf('standby', 'eth0') }),
    arpEvent(3, '1', { ...stranger, operation: 'request' }),
    arpEvent(4, '1', { ...stranger, operation: 'reply' }),
    arpEvent(5, '1', { ...claim, operation: 'reply', senderMac: macOf('server', 'eth0') }),
    arpEvent(6, '1', { ...stranger, senderIp: CLIENT, targetIp: CLIENT, operation: 'reply' }),
  )
  t.match(found, [
    new RegExp(`^0.003 s: ${VIP} announced by .*02:66`),
    /^0.004 s: /,
    new RegExp(`^0.005 s: .*${macOf('server', 'eth0')}`),
  ])
  t.equal(found.length, 3)
})

void t.test("DR: an answer from a director's MAC is told, whichever of its interfaces it left by", async (t) => {
  for (const [node, nic] of [
    ['director', 'eth0'],
    ['director', 'eth1'],
    ['standby', 'eth1'],
  ] as const) {
    const { judge, macOf } = await watched(t, 'DR')
    const event = say(1, { ...hop, srcMac: macOf(node, nic) }, `${VIP}:80 > ${CLIENT}:4000`, 'SA')
    t.match(judge(answersBypassDirectors, event), [/0.001 s: an answer of 192.168.2.11:80/], `${node} ${nic}`)
  }
})

void t.test("DR: an answer from a real server's MAC is as it should be; under NAT the director's is", async (t) => {
  const direct = await watched(t, 'DR')
  const ends = `${VIP}:80 > ${CLIENT}:4000`
  t.same(
    direct.judge(answersBypassDirectors, say(1, { ...hop, srcMac: direct.macOf('server', 'eth0') }, ends, 'SA')),
    [],
  )
  const nat = await watched(t)
  t.same(nat.judge(answersBypassDirectors, say(1, { ...hop, srcMac: nat.macOf('director', 'eth0') }, ends, 'SA')), [])
})
