import t from 'tap'
import { hopsOf } from '../../../src/fabric/index.ts'
import { ms, say, scene } from './support/scene.ts'

const vip = { dstIp: '10.0.0.9', dstPort: 80 }
const SYN = '10.0.0.1:4000 > 10.0.0.9:80'
const BACK = '10.0.0.9:80 > 10.0.0.1:4000'
const clientToDirector = { cable: 'client:eth0', srcMac: 'client', dstMac: 'director' } as const
const directorToReal = (real: string) => ({ cable: 'director:eth0', srcMac: 'director', dstMac: real }) as const
const realTo = (real: string, dstMac: string) => ({ cable: `${real}:eth0`, srcMac: real, dstMac }) as const
const directorToClient = { cable: 'director:eth0', srcMac: 'director', dstMac: 'client' } as const

void t.test('under DR the director passes the SYN on and the real server answers', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S'),
    say(2, directorToReal('real-1'), SYN, 'S'),
    say(3, realTo('real-1', 'client'), BACK, 'SA'),
    say(4, realTo('real-1', 'client'), BACK, 'SA'),
  ])
  t.same(wire.handshakes(vip), [
    {
      clientIp: '10.0.0.1',
      srcPort: 4000,
      clientMac: 'client',
      clientCable: 'client:eth0',
      synAt: 1,
      synCount: 1,
      lastSynAt: 1,
      forwarded: [
        { at: 2, network: 'lan', cable: 'director:eth0', srcMac: 'director', dstMac: 'real-1', dstIp: '10.0.0.9' },
      ],
      forwardedTo: 'real-1',
      answeredAt: 3,
      answerMac: 'real-1',
      answerSrcIp: '10.0.0.9',
      answerCable: 'real-1:eth0',
    },
  ])
})

void t.test('a SYN that is sent again is the same attempt, and who was asked last is told', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S'),
    say(2, directorToReal('real-1'), SYN, 'S'),
    say(1001, clientToDirector, SYN, 'S'),
    say(1002, directorToReal('real-2'), SYN, 'S'),
    say(1003, realTo('real-2', 'client'), BACK, 'SA'),
    say(5000, clientToDirector, SYN, 'S', { seq: 2 }),
  ])
  t.match(wire.handshakes(vip), [
    { synAt: 1, lastSynAt: 1001, synCount: 2, forwardedTo: 'real-2', answeredAt: 1003, answerMac: 'real-2' },
    { synAt: 5000, synCount: 1, forwarded: { length: 0 }, answeredAt: undefined },
  ])
  t.equal(wire.handshakes(vip, { since: ms(500), until: ms(4000) }).length, 0)
  t.match(wire.handshakes(vip, { until: ms(1) }), [{ answeredAt: 1003 }])
})

void t.test('of a SYN that is sent again, each hop counts once; of one that goes round, each passage', async (t) => {
  const { wire } = scene()
  const once = [say(2, directorToReal('real-1'), SYN, 'S'), say(3, realTo('real-1', 'real-2'), SYN, 'S')]
  const again = [say(1002, directorToReal('real-1'), SYN, 'S'), say(1003, realTo('real-1', 'real-2'), SYN, 'S')]
  wire.append([say(1, clientToDirector, SYN, 'S'), ...once, say(1001, clientToDirector, SYN, 'S'), ...again])
  const [repeated] = wire.handshakes(vip)
  t.match(repeated, { synCount: 2, forwarded: { length: 4 } })
  t.match(hopsOf(repeated!), [
    { at: 2, dstMac: 'real-1' },
    { at: 3, dstMac: 'real-2' },
  ])
  const round = scene().wire
  round.append([say(1, clientToDirector, SYN, 'S'), ...once, ...again])
  t.equal(hopsOf(round.handshakes(vip)[0]!).length, 4)
})

void t.test('under NAT the forwarded SYN has the real address, and the director answers', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S'),
    say(2, directorToReal('real-1'), '10.0.0.1:4000 > 10.1.0.2:8080', 'S'),
    say(3, realTo('real-1', 'director'), '10.1.0.2:8080 > 10.0.0.1:4000', 'SA'),
    say(4, directorToClient, BACK, 'SA'),
  ])
  t.match(wire.handshakes(vip), [
    { forwardedTo: 'real-1', forwarded: [{ dstIp: '10.1.0.2' }], answeredAt: 4, answerMac: 'director' },
  ])
  t.same(wire.strayAnswers({ clientIp: '10.0.0.1' }), [])
})

void t.test('under TUN the forwarded SYN has the outer address', async (t) => {
  const { wire } = scene()
  const tunnel = { srcIp: '10.0.0.2', dstIp: '10.0.0.3' }
  wire.append([say(1, clientToDirector, SYN, 'S'), say(2, directorToReal('real-1'), SYN, 'S', { tunnel })])
  t.match(wire.handshakes(vip), [{ synCount: 1, forwarded: [{ dstIp: '10.0.0.3' }] }])
})

void t.test('a refused connection tells who refused it', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S'),
    say(2, realTo('director', 'client'), BACK, 'RA'),
    say(3, clientToDirector, '10.0.0.1:4001 > 10.0.0.9:80', 'S'),
    say(4, clientToDirector, '10.0.0.1:4001 > 10.0.0.9:80', 'R'),
  ])
  t.match(wire.handshakes(vip), [
    { resetAt: 2, resetBy: 'server', answeredAt: undefined },
    { resetAt: 4, resetBy: 'client' },
  ])
})

void t.test('other services and other clients are left out', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S'),
    say(2, clientToDirector, '10.0.0.1:4001 > 10.0.0.9:443', 'S'),
    say(3, clientToDirector, '10.0.0.7:4001 > 10.0.0.9:80', 'S'),
  ])
  t.match(wire.handshakes({ ...vip, clientIp: '10.0.0.7' }), [{ synAt: 3 }])
  t.equal(wire.handshakes(vip).length, 2)
})

void t.test('under NAT in one subnet the real server answers past the director, and the client refuses', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S'),
    say(2, directorToReal('real-1'), '10.0.0.1:4000 > 10.0.0.3:80', 'S'),
    say(3, realTo('real-1', 'client'), '10.0.0.3:80 > 10.0.0.1:4000', 'SA'),
    say(4, { cable: 'client:eth0', srcMac: 'client', dstMac: 'real-1' }, '10.0.0.1:4000 > 10.0.0.3:80', 'R'),
    say(9, realTo('real-1', 'client'), '10.0.0.3:80 > 10.0.0.1:4000', 'SA'),
  ])
  t.match(wire.handshakes(vip), [{ answeredAt: undefined }])
  const real = { srcIp: '10.0.0.3', srcPort: 80, srcMac: 'real-1', cable: 'real-1:eth0' }
  const stray = { at: 3, ...real, dstPort: 4000, count: 2, resetAt: 4 }
  t.same(wire.strayAnswers({ clientIp: '10.0.0.1' }), [stray])
  t.same(wire.strayAnswers({ clientIp: '10.0.0.1' }, { since: ms(4) }), [])
})

void t.test('an answer from where the client did ask is not stray', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, { ...clientToDirector, dstMac: 'real-1' }, '10.0.0.1:4000 > 10.0.0.3:80', 'S'),
    say(2, realTo('real-1', 'client'), '10.0.0.3:80 > 10.0.0.1:4000', 'SA'),
  ])
  t.same(wire.strayAnswers({ clientIp: '10.0.0.1' }), [])
})

void t.test('HTTP answers', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'A', { http: 'GET / HTTP/1.1' }),
    say(2, realTo('real-1', 'client'), BACK, 'A', { http: 'HTTP/1.1 200 OK' }),
    say(3, realTo('real-1', 'client'), '10.0.0.9:80 > 10.0.0.7:1', 'A', { http: 'HTTP/1.1 200 OK' }),
  ])
  t.match(wire.httpAnswers({ clientIp: '10.0.0.1' }), [{ at: 2 }])
  t.equal(wire.httpAnswers().length, 2)
  t.same(wire.httpAnswers({ srcIp: '10.0.0.3' }), [])
})

void t.test('a segment that is sent again is the same one, at each hop, and so is an answer', async (t) => {
  const { wire } = scene()
  const http = 'HTTP/1.1 200 OK'
  const inner = '10.0.0.3:80 > 10.0.0.1:4000'
  wire.append([
    say(1, realTo('real-1', 'director'), inner, 'A', { http, seq: 7 }),
    say(2, directorToClient, BACK, 'A', { http, seq: 7 }),
    // The FIN has come up meanwhile.
    say(202, realTo('real-1', 'director'), inner, 'FA', { http, seq: 7 }),
    say(203, directorToClient, BACK, 'FA', { http, seq: 7 }),
    say(204, directorToClient, BACK, 'A', { http, seq: 9 }),
    say(205, directorToClient, BACK, 'R', { seq: 9 }),
  ])
  t.match(wire.httpAnswers(), [{ at: 1 }, { at: 2 }, { at: 204 }])
  t.match(wire.segments(), [{ at: 1 }, { at: 2 }, { at: 204 }, { at: 205 }])
  t.match(wire.segments({ since: ms(3) }), [{ at: 202 }, { at: 203 }, { at: 204 }, { at: 205 }])
})
