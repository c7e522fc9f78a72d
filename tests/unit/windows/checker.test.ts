import t from 'tap'
import { loadTopology } from '../../../src/topology/load.ts'
import { type Checker, parseKeepalivedConf } from '../../../src/topology/keepalived-conf/index.ts'
import { checkerRemoval, checkerReturn, expectedWindows } from '../../../src/verdict/windows/index.ts'

const node1 = { director: 'keepalived', server: 'node-1' }
const drVrrp = async () => expectedWindows(await loadTopology('dr-vrrp'))

function checker(lines: string, delayLoopS = 6): Checker {
  const text = `virtual_server 10.0.0.1 80 {\ndelay_loop ${delayLoopS}\nreal_server 10.0.0.2 80 {\n${lines}\n}\n}`
  const only = parseKeepalivedConf(text, 'test.conf').virtualServers[0]?.realServers[0]?.checkers[0]
  if (only === undefined) throw new Error('no checker')
  return only
}

/** Document 001's checker. */
const tcp = checker('TCP_CHECK {\nconnect_timeout 3\nretry 3\ndelay_before_retry 3\n}')

void t.test('dr-vrrp: a stopped web server is removed 3 s to 9 s after it stopped', async (t) => {
  // Next try within delay_loop 6 s, refused; 3 s later the one retry, refused.
  t.match((await drVrrp()).checkerRemoval({ ...node1, failure: 'refused' }), {
    minMs: 2995,
    maxMs: 9200,
    formula:
      'up to delay_loop 6 s until the next try, 2 tries of 0 s (refused at once), 1 × delay_before_retry 3 s; ' +
      '− 5 ms clocks, + 4 × 50 ms lateness',
  })
})

void t.test('dr-vrrp: one that does not answer costs two connect_timeouts more', async (t) => {
  t.match((await drVrrp()).checkerRemoval({ ...node1, failure: 'no-answer' }), { minMs: 4995, maxMs: 11200 })
  t.match((await drVrrp()).checkerRemoval({ ...node1, failure: 'host-gone' }), { minMs: 2995, maxMs: 11200 })
})

void t.test('dr-vrrp: HTTP_GET wants two good checks, so the return takes 6 s to 12 s', async (t) => {
  t.match((await drVrrp()).checkerReturn({ ...node1, failure: 'refused' }), {
    minMs: 5995,
    maxMs: 12150,
    source: 'keepalived check_http.c epilog, timeout_epilog (HTTP_GET)',
  })
  t.match((await drVrrp()).checkerReturn({ ...node1, failure: 'no-answer' }), { minMs: 5995, maxMs: 13150 })
})

void t.test('HTTP_GET: every URL is checked again, delay_loop apart', async (t) => {
  const two = checker('HTTP_GET {\nurl {\npath /a\n}\nurl {\npath /b\n}\n}')
  t.match(checkerReturn(two, 'refused', '2.2.7'), { minMs: 11995, maxMs: 18200 })
})

void t.test('HTTP_GET with fast_recovery does not wait for the second check', async (t) => {
  const fast = checker('HTTP_GET {\nfast_recovery\nurl {\npath /\n}\n}')
  t.match(checkerReturn(fast, 'refused', '2.2.7'), { minMs: 0, maxMs: 6150 })
})

void t.test('HTTP_GET: a server that is down is tried at the longer of the two delays', async (t) => {
  const slow = checker('HTTP_GET {\ndelay_before_retry 20\nurl {\npath /\n}\n}')
  t.match(checkerReturn(slow, 'refused', '2.2.7'), { minMs: 5995, maxMs: 26150 })
})

void t.test('TCP_CHECK with three retries', async (t) => {
  // 3 × 3 s between four tries; and up to 6 s before the first.
  t.match(checkerRemoval(tcp, 'refused'), { minMs: 8995, maxMs: 15400 })
  t.match(checkerRemoval(tcp, 'no-answer'), { minMs: 20995, maxMs: 27400 })
})

void t.test('TCP_CHECK returns with the first success, up to delay_loop later', async (t) => {
  for (const version of ['2.1.5', '2.2.7', '2.3.1', '2.3.3']) {
    t.match(checkerReturn(tcp, 'refused', version), { minMs: 0, maxMs: 6100 }, version)
  }
})

void t.test('TCP_CHECK of a server that is down: before 2.3.3 delay_before_retry counts too', async (t) => {
  const slow = checker('TCP_CHECK {\ndelay_before_retry 10\n}')
  t.match(checkerReturn(slow, 'refused', '2.2.7'), { maxMs: 10100 })
  t.match(checkerReturn(slow, 'refused', '2.3.3'), { maxMs: 6100 })
})

void t.test('PING_CHECK sees a machine that is gone, and promises nothing about a stopped service', async (t) => {
  const ping = checker('PING_CHECK {\n}')
  t.match(checkerRemoval(ping, 'no-answer'), { minMs: 10995, maxMs: 17200 })
  t.throws(() => checkerRemoval(ping, 'refused'), {
    code: 'LVSLAB_E_WINDOW_NONE',
    message:
      'no window for removal by PING_CHECK: a stopped service does not keep its machine from answering echo requests',
  })
})

void t.test('the first check comes after 1 s and a random part of the warm-up', async (t) => {
  t.match((await drVrrp()).firstCheck(node1), { minMs: 995, maxMs: 7050 })
})

void t.test('a checker that was not read is refused', async (t) => {
  const smtp = checker('SMTP_CHECK {\n}')
  t.throws(() => checkerRemoval(smtp, 'refused'), { code: 'LVSLAB_E_WINDOW_NONE' })
})

void t.test('a server that the director does not know is refused', async (t) => {
  const expected = await drVrrp()
  t.throws(() => expected.checkerRemoval({ director: 'keepalived', server: 'client', failure: 'refused' }), {
    code: 'LVSLAB_E_WINDOW_SELECTION',
    message: 'there are 0 real servers of keepalived on client that fit, not one',
  })
})
