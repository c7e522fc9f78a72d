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
  const file = checker('FILE_CHECK {\n}')
  t.throws(() => checkerRemoval(file, 'refused'), { code: 'LVSLAB_E_WINDOW_NONE' })
})

void t.test('a server that the director does not know is refused', async (t) => {
  const expected = await drVrrp()
  t.throws(() => expected.checkerRemoval({ director: 'keepalived', server: 'client', failure: 'refused' }), {
    code: 'LVSLAB_E_WINDOW_SELECTION',
    message: 'there are 0 real servers of keepalived on client that fit, not one',
  })
})

void t.test('DNS_CHECK: three retries, delay_loop apart where nothing else is said', async (t) => {
  const dns = checker('DNS_CHECK {\nname example.org\n}')
  t.match(checkerRemoval(dns, 'refused'), { minMs: 17_995, maxMs: 24_400 })
  t.match(checkerReturn(dns, 'refused', '2.3.4'), { minMs: 0, maxMs: 6100 })
})

void t.test('SMTP_CHECK goes on with its retries while the server is down', async (t) => {
  const smtp = checker('SMTP_CHECK {\nretry 2\ndelay_before_retry 9\n}')
  t.match(checkerRemoval(smtp, 'refused'), { minMs: 17_995, maxMs: 24_300 })
  t.match(checkerReturn(smtp, 'refused', '2.2.7'), { maxMs: 9100 })
})

void t.test('MISC_CHECK: runs begin delays apart, and take their own time', async (t) => {
  const misc = checker('MISC_CHECK {\nmisc_path /bin/false\nmisc_timeout 4\nretry 1\ndelay_before_retry 2\n}')
  // 2 s at least; 6 s until the next run, 4 s until the retry (the run outlasts delay_before_retry), 4 s of that.
  t.match(checkerRemoval(misc, 'refused'), { minMs: 1995, maxMs: 14_200, source: /misc_timeout/ })
  t.match(checkerReturn(misc, 'refused', '2.2.7'), { minMs: 0, maxMs: 10_100 })
  t.match(checkerRemoval(checker('MISC_CHECK {\nmisc_path /bin/false\n}'), 'refused'), { minMs: 0, maxMs: 12_100 })
})

void t.test('UDP_CHECK: silence is a success, unless a reply is asked for', async (t) => {
  const udp = checker('UDP_CHECK {\nconnect_timeout 2\n}')
  t.match(checkerRemoval(udp, 'refused'), { minMs: 995, maxMs: 9200 })
  t.throws(() => checkerRemoval(udp, 'no-answer'), { code: 'LVSLAB_E_WINDOW_NONE', message: /silence is a success/ })
  t.match(checkerRemoval(checker('UDP_CHECK {\nconnect_timeout 2\nrequire_reply\n}'), 'no-answer'), { minMs: 4995 })
})

void t.test('each level overrides the one outside it', async (t) => {
  const text = `virtual_server 10.0.0.1 80 {
    delay_loop 10\nretry 5\nconnect_timeout 9\nwarmup 2
    real_server 10.0.0.2 80 {\nretry 4\ndelay_loop 8\nTCP_CHECK {\nretry 1\nconnect_timeout 1\n}\nMISC_CHECK {\nmisc_path x\n}\n}
    real_server 10.0.0.3 80 {\nTCP_CHECK {\n}\n}
  }`
  const [first, second] = parseKeepalivedConf(text, 'test.conf').virtualServers[0]!.realServers
  t.match(first!.checkers, [
    { retry: 1, connectTimeoutS: 1, delayLoopS: 8, warmupS: 2 },
    { retry: 4, delayLoopS: 8, miscTimeoutS: 10 },
  ])
  t.match(second!.checkers, [{ retry: 5, connectTimeoutS: 9, delayLoopS: 10, delayBeforeRetryS: 1 }])
})
