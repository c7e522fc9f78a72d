import t from 'tap'
import { say, scene } from './support/scene.ts'

const vip = { dstIp: '192.168.2.11', dstPort: 80 }
const SYN = '192.168.2.21:4000 > 192.168.2.11:80'
const BACK = '192.168.2.11:80 > 192.168.2.21:4000'
const outside = { network: 'outside' }
const inside = { network: 'inside' }
const hop = (cable: `${string}:${string}`, srcMac: string, dstMac: string) => ({ cable, srcMac, dstMac })
const clientToDirector = hop('client:eth0', 'client', 'director-out')
const directorToClient = hop('director:eth0', 'director-out', 'client')
const directorToReal = hop('director:eth1', 'director-in', 'real')
const realToDirector = hop('real:eth0', 'real', 'director-in')

void t.test("NAT between two networks: forwarded inside, and answered where the VIP's answer leaves", async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S', outside),
    say(2, directorToReal, '192.168.2.21:4000 > 10.10.10.11:8080', 'S', inside),
    say(3, realToDirector, '10.10.10.11:8080 > 192.168.2.21:4000', 'SA', inside),
    say(4, directorToClient, BACK, 'SA', outside),
  ])
  t.same(wire.handshakes(vip), [
    {
      clientIp: '192.168.2.21',
      srcPort: 4000,
      clientMac: 'client',
      clientCable: 'client:eth0',
      synAt: 1,
      synCount: 1,
      lastSynAt: 1,
      forwarded: [{ at: 2, ...inside, ...directorToReal, dstIp: '10.10.10.11' }],
      forwardedTo: 'real',
      answeredAt: 4,
      answerMac: 'director-out',
      answerSrcIp: '192.168.2.11',
      answerCable: 'director:eth0',
    },
  ])
  t.same(wire.strayAnswers({ clientIp: '192.168.2.21' }), [])
})

void t.test('NAT whose answer is not translated is not answered', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S', outside),
    say(2, directorToReal, '192.168.2.21:4000 > 10.10.10.11:80', 'S', inside),
    say(3, hop('real:eth0', 'real', 'other-gateway'), '10.10.10.11:80 > 192.168.2.21:4000', 'SA', inside),
  ])
  t.match(wire.handshakes(vip), [{ forwardedTo: 'real', answeredAt: undefined, answerSrcIp: undefined }])
})

void t.test('under NAT a refusal counts when it leaves as that of the VIP', async (t) => {
  const { wire } = scene()
  wire.append([
    say(1, clientToDirector, SYN, 'S', outside),
    say(2, directorToReal, '192.168.2.21:4000 > 10.10.10.11:80', 'S', inside),
    say(3, realToDirector, '10.10.10.11:80 > 192.168.2.21:4000', 'RA', inside),
    say(4, directorToClient, BACK, 'RA', outside),
  ])
  t.match(wire.handshakes(vip), [{ forwardedTo: 'real', answeredAt: undefined, resetAt: 4, resetBy: 'server' }])
})

void t.test(
  'TUN through a router: each hop of the tunnel is told, and the answer goes past the director',
  async (t) => {
    const { wire } = scene()
    const tunnel = { srcIp: '192.168.2.1', dstIp: '10.10.10.11' }
    const directorToRouter = hop('director:eth0', 'director-out', 'router-out')
    const routerToReal = hop('router:eth1', 'router-in', 'real')
    wire.append([
      say(1, clientToDirector, SYN, 'S', outside),
      say(2, directorToRouter, SYN, 'S', { ...outside, tunnel }),
      say(3, routerToReal, SYN, 'S', { ...inside, tunnel }),
      say(4, hop('real:eth0', 'real', 'router-in'), BACK, 'SA', inside),
      say(5, hop('router:eth0', 'router-out', 'client'), BACK, 'SA', outside),
    ])
    t.match(wire.handshakes(vip), [
      {
        synCount: 1,
        forwarded: [
          { at: 2, ...outside, ...directorToRouter, dstIp: '10.10.10.11', tunnel },
          { at: 3, ...inside, ...routerToReal, dstIp: '10.10.10.11', tunnel },
        ],
        forwardedTo: 'real',
        answeredAt: 4,
        answerMac: 'real',
        answerSrcIp: '192.168.2.11',
        answerCable: 'real:eth0',
      },
    ])
    t.equal(wire.forwardedTunnels({ outerDstIp: '10.10.10.11', innerDstIp: vip.dstIp }).length, 2)
  },
)
