import type {
  Assertion,
  ClaimRecord,
  Evidence,
  Figure,
  RunRecord,
  Timeline,
  TopologyRecord,
} from '../../../src/run/record.ts'
import { RUN_SCHEMA } from '../../../src/run/record.ts'

type Requests = NonNullable<Timeline['requests']>

export const sampleTopology: TopologyRecord = {
  name: 'dr-vrrp',
  title: 'keepalived pair, direct routing, two web nodes',
  document: '004',
  notes: [
    'Both directors start as `state MASTER`, as the document has them: the election is measured, not avoided.',
    'The interface inside the machines is renamed to eth1, the document’s name for it.',
  ],
  networks: [{ name: 'lan', cidr: '192.168.88.0/24', kind: 'switch' }],
  nodes: [
    node('client', ['client'], '192.168.88.2/24'),
    node('keepalived', ['director'], '192.168.88.8/24'),
    node('keepalived-backup', ['director'], '192.168.88.9/24'),
    node('node-1', ['real-server', 'web'], '192.168.88.10/24'),
    node('node-2', ['real-server', 'web'], '192.168.88.11/24'),
  ],
  vips: [{ address: '192.168.88.100', interface: 'eth1' }],
}

function node(name: string, roles: string[], address: string): TopologyRecord['nodes'][number] {
  return { name, roles, interfaces: [{ name: 'eth1', network: 'lan', address }] }
}

/** 20 requests/s, alternating servers, with none answered from `gap.from` until `gap.to` (ms on the same clock). */
function steady(from: number, to: number, gap: { from: number; to: number }): Requests {
  const requests: Requests[number][] = []
  for (let at = from, n = 0; at < to; at += 50, n++) {
    const server = n % 2 === 0 ? 'node-1' : 'node-2'
    const jitter = ((n * 37) % 11) - 5
    if (at >= gap.from && at < gap.to) requests.push({ atMs: at + jitter, durationMs: 1000, outcome: 'error' })
    else requests.push({ atMs: at + jitter, durationMs: 9 + ((n * 13) % 8), outcome: 'ok', server })
  }
  return requests
}

const VIP_MACS = '192.168.88.100 is at 02:88:00:00:00:09 (keepalived-backup), before at 02:88:00:00:00:08 (keepalived)'
const garp = (atMs: number): Timeline['events'][number] => ({
  ...{ atMs, kind: 'gratuitous ARP', label: '192.168.88.100 is at 02:88:00:00:00:09', node: 'keepalived-backup' },
  network: 'lan',
  filter: 'arp.isgratuitous == 1 && arp.src.proto_ipv4 == 192.168.88.100 && arp.src.hw_mac == 02:88:00:00:00:09',
})

/** Everything that a failover's timeline can have, much of it within milliseconds. */
export const powerCut: Timeline = {
  title: 'Power cut on keepalived, VIP 192.168.88.100',
  events: [
    {
      ...{ atMs: 61_630.4, kind: 'last advert', label: 'last advert of the old master, vrid 18 priority 100' },
      ...{ node: 'keepalived', network: 'lan', filter: 'vrrp && ip.src == 192.168.88.8' },
    },
    { atMs: 62_190.1, kind: 'first request lost', label: 'SYN from port 40512, never answered', node: 'client' },
    { atMs: 62_218.2, kind: 'fault', label: 'powerCut keepalived, in the 31 ms before', node: 'keepalived' },
    {
      ...{ atMs: 65_247.9, kind: 'first advert', label: 'first advert of the new master, vrid 18 priority 99' },
      ...{ node: 'keepalived-backup', network: 'lan' },
    },
    {
      atMs: 65_248.1,
      kind: 'MAC moved',
      label: 'the switch has 00:00:5e:00:01:12 at keepalived-backup:eth1, before at keepalived:eth1',
      network: 'lan',
      port: 'keepalived-backup:eth1',
    },
    ...[0, 0.3, 0.5, 0.8, 1.1].map((late) => garp(65_249.6 + late)),
    ...['client', 'node-1', 'node-2'].map((name) => ({
      ...{ atMs: 65_249.6, kind: 'neighbour told', label: VIP_MACS, network: 'lan', port: `${name}:eth1` },
    })),
    { atMs: 65_255.2, kind: 'first request served', label: 'SYN from port 40640, served', node: 'client' },
    {
      atMs: 65_256.4,
      kind: 'first SYN answered',
      label: '192.168.88.100 answers the client’s port 40640, by way of keepalived-backup',
      node: 'node-2',
    },
    { atMs: 65_268.4, kind: 'first HTTP answer', label: 'HTTP/1.1 200 OK to the client’s port 40640', node: 'node-2' },
    ...[0, 0.4, 0.7, 1, 1.3].map((late) => garp(70_250.1 + late)),
  ],
  requests: steady(59_200, 71_000, { from: 62_190, to: 65_255 }),
  blackout: {
    ...{ lost: 62, fromMs: 62_190.1, toMs: 65_255.2, durationMs: 3065.1, atLeastMs: 3009.7, atMostMs: 3109.2 },
    ...{ resolutionMs: 52.3, client: { lost: 62, fromMs: 62_190.1, toMs: 65_255.2 } },
  },
  epochMs: 1_795_189_964_120,
}

const cleanStop: Timeline = {
  title: 'systemctl stop keepalived on keepalived',
  events: [
    { atMs: 40_000, kind: 'fault', label: 'SIGTERM to keepalived', node: 'keepalived' },
    { atMs: 40_188, kind: 'last advert', label: 'advert with priority 0 (resignation)', node: 'keepalived' },
    { atMs: 40_801, kind: 'first advert', label: 'first advert, vrid 18 priority 99', node: 'keepalived-backup' },
    {
      atMs: 40_803,
      kind: 'gratuitous ARP',
      label: '192.168.88.100 is at 02:88:00:00:00:09',
      node: 'keepalived-backup',
    },
    { atMs: 40_822, kind: 'first answer', label: 'HTTP 200 from 192.168.88.100', node: 'node-1' },
  ],
  requests: steady(39_000, 43_000, { from: 40_150, to: 40_820 }),
}

const cable: Timeline = {
  title: 'Cable of keepalived pulled, and put back after 9 s',
  events: [
    { atMs: 100_000, kind: 'fault', label: 'carrier lost on eth1', node: 'keepalived' },
    { atMs: 99_702, kind: 'last advert', label: 'last advert, vrid 18 priority 100', node: 'keepalived' },
    { atMs: 103_320, kind: 'first advert', label: 'first advert, vrid 18 priority 99', node: 'keepalived-backup' },
    {
      atMs: 103_322,
      kind: 'gratuitous ARP',
      label: '192.168.88.100 is at 02:88:00:00:00:09',
      node: 'keepalived-backup',
    },
    { atMs: 103_340, kind: 'first answer', label: 'HTTP 200', node: 'node-2' },
    { atMs: 109_010, kind: 'cable back', label: 'carrier on eth1', node: 'keepalived' },
    { atMs: 109_420, kind: 'first advert', label: 'preempts at once, pool still empty', node: 'keepalived' },
    { atMs: 113_105, kind: 'real server up', label: 'node-1 added', node: 'keepalived' },
    { atMs: 113_127, kind: 'answered again', label: 'HTTP 200', node: 'node-1' },
  ],
  requests: [
    ...steady(98_500, 109_400, { from: 99_960, to: 103_330 }),
    ...steady(109_400, 116_000, { from: 109_400, to: 113_110 }),
  ],
}

function within(name: string, value: number, unit: string, window: Figure['window'], note?: string): Figure {
  const min = window?.min ?? -Infinity
  const max = window?.max ?? Infinity
  return {
    name,
    value,
    unit,
    ...(window && { window, within: value >= min && value <= max }),
    ...(note !== undefined && { note }),
  }
}

const RFC = 'RFC 5798, section 6.1'
const masterDown = {
  min: 2609,
  max: 3709,
  formula:
    '3 × advert_int + (256 − priority) / 256 × advert_int; −1 advert_int at the early end, +100 ms at the late one',
  source: RFC,
}
const ok = (...texts: string[]): Assertion[] => texts.map((text) => ({ text, ok: true }))
const capture = (id: string): Evidence => ({ kind: 'capture', label: 'lan.pcapng', path: `evidence/${id}/lan.pcapng` })
const consoleOf = (id: string, name: string): Evidence => ({
  kind: 'console',
  label: `console of ${name}`,
  path: `evidence/${id}/${name}.console.txt`,
})

function claim(id: string, title: string, more: Partial<ClaimRecord> & Pick<ClaimRecord, 'durationMs'>): ClaimRecord {
  return {
    id,
    topology: 'dr-vrrp',
    title,
    negative: false,
    verdict: 'pass',
    figures: [],
    assertions: [],
    timelines: [],
    findings: [],
    evidence: [capture(id)],
    bootMs: 4310,
    lateness: { fabricMaxMs: 6.2, fabricP99Ms: 0.8 },
    attempt: 1,
    ...more,
  }
}

const claims: readonly ClaimRecord[] = [
  claim('004-1', 'The higher priority holds the VIP, the other does not, though both start as MASTER', {
    durationMs: 9800,
    protocolWaitMs: 4010,
    assertions: ok('keepalived holds 192.168.88.100 on eth1', 'keepalived-backup does not'),
    figures: [
      within('both claimed the VIP', 412.4, 'ms', {
        max: 1100,
        formula: 'one advert_int + 100 ms',
        source: 'keepalived.conf(5), advert_int',
      }),
      { name: 'adverts with a lower priority', value: 1, unit: 'count' },
    ],
  }),
  claim('004-2', 'One advert a second, vrid 18, from the master only; gratuitous ARP again every 10 s, twice', {
    durationMs: 26_400,
    protocolWaitMs: 22_000,
    assertions: ok(
      'every advert carries vrid 18',
      'every advert comes from 192.168.88.8',
      'each refresh sends gratuitous ARP twice',
    ),
    figures: [
      within('advert interval, median', 1000.4, 'ms', {
        min: 980,
        max: 1060,
        formula: 'advert_int ± scheduling',
        source: 'keepalived.conf(5), advert_int',
      }),
      within('gratuitous ARP refresh', 10_003, 'ms', {
        min: 9900,
        max: 10_200,
        formula: 'garp_master_refresh',
        source: 'keepalived.conf(5)',
      }),
      within('gratuitous ARPs per refresh', 2, 'count', {
        min: 2,
        max: 2,
        formula: 'garp_master_refresh_repeat',
        source: 'keepalived.conf(5)',
      }),
    ],
  }),
  claim('004-3', 'keepalived is stopped on the master: the VIP moves to the backup', {
    durationMs: 14_200,
    protocolWaitMs: 1613,
    assertions: ok('the last advert has priority 0', 'keepalived-backup holds the VIP', 'at no time did both hold it'),
    figures: [
      within('takeover after the resignation', 613, 'ms', {
        min: 0,
        max: 713,
        formula: 'skew = (256 − 99) / 256 × advert_int, + 100 ms',
        source: 'RFC 5798, section 6.4.2',
      }),
      { name: 'requests lost', value: 14, unit: 'requests', note: 'of 80 sent in 4 s' },
    ],
    timelines: [cleanStop],
  }),
  claim('004-4', 'The master’s machine loses power: the VIP moves within 3 × advert_int + skew, and not before', {
    durationMs: 21_900,
    protocolWaitMs: 12_620,
    assertions: ok(
      'keepalived-backup holds the VIP',
      'gratuitous ARP was seen from keepalived-backup',
      'at no time did both hold it',
    ),
    figures: [
      within('takeover after last advert', 3617.5, 'ms', {
        ...masterDown,
        min: 3609,
        formula: '3 × advert_int + skew, skew = (256 − 99) / 256 × advert_int; + 100 ms',
      }),
      within('takeover after the fault', 3029.7, 'ms', masterDown),
      { name: 'client without an answer', value: 3078, unit: 'ms' },
      { name: 'requests lost', value: 62, unit: 'requests', note: 'of 236 sent' },
    ],
    timelines: [powerCut],
    evidence: [capture('004-4'), consoleOf('004-4', 'keepalived'), consoleOf('004-4', 'keepalived-backup')],
  }),
  claim('004-5', 'The master’s cable is pulled, and put back', {
    durationMs: 38_800,
    protocolWaitMs: 26_100,
    assertions: ok('keepalived-backup takes the VIP', 'keepalived has it again after the cable is back'),
    figures: [within('takeover after last advert', 3618, 'ms', { ...masterDown, min: 3609 })],
    timelines: [cable],
    findings: [
      {
        text: 'After the cable is back the old master preempts at once, with an empty real-server pool until its first checks have passed: a second outage of 3.7 s that nobody asked for.',
        evidence: 'first advert of keepalived at +9 420 ms; ipvsadm -Ln empty until +13 105 ms',
      },
    ],
  }),
  claim('004-6', 'The master returns: the VIP moves back, because its priority is higher', {
    durationMs: 24_100,
    protocolWaitMs: 9200,
    assertions: ok('keepalived holds the VIP again', 'keepalived-backup gave it up after one advert of priority 100'),
    figures: [
      within('both held the VIP', 3.1, 'ms', { max: 50, formula: 'one advert’s way over the wire', source: RFC }),
    ],
  }),
  claim('004-7', 'wlc 3:3: requests are spread evenly over both nodes', {
    durationMs: 11_300,
    protocolWaitMs: 0,
    assertions: ok('the client’s count equals the kernel’s'),
    figures: [
      within('share of node-1, client', 0.5025, 'share', {
        min: 0.475,
        max: 0.525,
        formula: '3 / (3 + 3) ± 2.5 %',
        source: 'ipvsadm(8), wlc',
      }),
      within('share of node-1, kernel', 0.5025, 'share', {
        min: 0.475,
        max: 0.525,
        formula: '3 / (3 + 3) ± 2.5 %',
        source: '/proc/net/ip_vs_stats',
      }),
      { name: 'requests', value: 12_400, unit: 'requests' },
    ],
  }),
  claim('004-8', 'The web service stops on node-1: it is removed inside its window; then only node-2 answers', {
    durationMs: 41_700,
    protocolWaitMs: 31_400,
    verdict: 'fail',
    reason: 'node-1 left the virtual service 8.42 s after nginx stopped; the configuration gives at most 7.80 s',
    assertions: [
      { text: 'only node-2 answers after the removal', ok: true },
      { text: 'node-1 was removed inside the window', ok: false, detail: 'removed at +8 421 ms, window 100–7 800 ms' },
    ],
    figures: [
      within('removal of node-1', 8421, 'ms', {
        min: 100,
        max: 7800,
        formula: 'delay_loop + connect_timeout + warm-up (0…delay_loop × 0.1) + 200 ms',
        source: 'keepalived.conf(5), HTTP_GET',
      }),
      { name: 'requests refused meanwhile', value: 84, unit: 'requests', note: 'curl exit code 7' },
    ],
    evidence: [
      capture('004-8'),
      { kind: 'journal', label: 'journal of keepalived', path: 'evidence/004-8/keepalived.journal.txt' },
      { kind: 'keepalived.data', label: 'keepalived.data', path: 'evidence/004-8/keepalived.data' },
    ],
  }),
  claim('004-9', 'The web service starts again: node-1 is added again', {
    durationMs: 33_000,
    protocolWaitMs: 24_000,
    verdict: 'inconclusive',
    reason: 'the bound was missed by 18 ms while the fabric was scheduled up to 41 ms late; tried twice',
    attempt: 2,
    lateness: { fabricMaxMs: 41.3, fabricP99Ms: 12.9 },
    assertions: ok('node-1 answers again'),
    figures: [
      within('addition of node-1', 7818, 'ms', {
        min: 0,
        max: 7800,
        formula: 'delay_loop + connect_timeout + 800 ms',
        source: 'keepalived.conf(5), HTTP_GET',
      }),
    ],
  }),
  claim('004-10', 'NAT cannot work with client and servers in one subnet', {
    negative: true,
    durationMs: 12_800,
    assertions: ok('the answer’s source address is 192.168.88.10, not the VIP', 'the client resets the connection'),
    figures: [
      within('requests answered', 0, 'requests', { max: 0, formula: 'none', source: 'document 004' }),
      { name: 'resets by the client', value: 20, unit: 'count' },
    ],
  }),
  claim('004-11', 'DR without the VIP on the server’s lo gets no answer', {
    negative: true,
    durationMs: 16_400,
    assertions: ok('frames for the VIP reach node-1', 'node-1 does not answer them'),
    figures: [
      within('requests answered by node-1', 0, 'requests', { max: 0, formula: 'none', source: 'document 004' }),
    ],
  }),
  claim('004-12', 'The VIP on lo is gone after a node’s reboot unless it was made permanent', {
    durationMs: 0,
    verdict: 'skip',
    reason: 'a reboot under emulation takes longer than --max-claim-time 60 s; run it with --slow',
    evidence: [],
  }),
  claim('004-13', 'The director itself as a client of its own VIP', {
    durationMs: 10_900,
    assertions: ok('shown with curl from both directors'),
    figures: [
      { name: 'requests answered on keepalived', value: 10, unit: 'requests', note: 'of 10' },
      { name: 'requests answered on keepalived-backup', value: 0, unit: 'requests', note: 'of 10' },
    ],
    findings: [
      {
        text: 'The backup director cannot be a client of the VIP: its own ip_vs table answers for it, with real servers that it does not forward to.',
        evidence: 'evidence/004-13/lan.pcapng, frame 118',
      },
    ],
  }),
]

/** A run of document 004 as it looks on a machine without KVM: ten pass, one each fails, is inconclusive, is skipped. */
export const sampleRun: RunRecord = {
  schema: RUN_SCHEMA,
  id: '2026-11-20T09-12-44Z-7f3a',
  lvslab: '0.1.0',
  startedAt: '2026-11-20T09:12:44.120Z',
  durationMs: 312_400,
  command: ['lvslab', 'run', '004', '--keep=failed'],
  host: {
    cores: 2,
    memoryMiB: 7951,
    cpu: 'AMD EPYC 7B13',
    kernel: '6.1.0-56-cloud-amd64',
    distribution: 'Debian GNU/Linux 12 (bookworm)',
    acceleration: 'tcg',
    accelerationReason: '/dev/kvm is there, but a kernel booted with it printed nothing for 4 s',
    qemu: '7.2.22',
    node: '20.20.2',
  },
  engine: 'vm',
  kernel: '6.1.0-56-cloud-amd64',
  keepalived: '1:2.2.7-1+b2',
  userland: 'Debian 12 (bookworm)',
  phases: { setup: 2100, images: 900, template: 31_800, boot: 14_600, claims: 261_300, report: 1700 },
  topologies: [sampleTopology],
  claims,
  verdict: 'fail',
  interrupted: false,
}

const HOSTILE = '<script>document.title="owned"</script><img src=x onerror=alert(1)>"\'&\u001b[2J\u202e'

/** The same run with every string a hostile one would like to be: markup, quotes, control characters, great length. */
export function hostileRun(): RunRecord {
  const long = `${HOSTILE}${'x'.repeat(300)}`
  const poison = (value: unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((item) => poison(item, key))
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, name)]))
    }
    const kept = ['schema', 'verdict', 'outcome', 'kind', 'unit', 'acceleration', 'engine', 'startedAt', 'path', 'cidr']
    return typeof value === 'string' && !kept.includes(key) ? `${value}${long}` : value
  }
  const run = poison(sampleRun) as RunRecord
  const paths = ['javascript:alert(1)', '../../etc/passwd', '/etc/passwd', 'a b/"><script>.txt']
  const first = {
    ...(run.claims[0] as ClaimRecord),
    evidence: paths.map((path) => ({ kind: HOSTILE, label: HOSTILE, path })),
  }
  const kinds = (timeline: Timeline): Timeline => ({
    ...timeline,
    events: timeline.events.map((event) => ({ ...event, kind: event.kind + HOSTILE })),
  })
  const rest = run.claims.slice(1).map((item) => ({
    ...item,
    timelines: item.timelines.map(kinds),
    figures: item.figures.map((figure) => ({ ...figure, unit: `${figure.unit}${HOSTILE}` })),
  }))
  return { ...run, phases: { [long]: 5, boot: 7 }, claims: [first, ...rest] }
}

/** A second cluster with two networks, for a run of several topologies. */
export const natTopology: TopologyRecord = {
  name: 'nat-heartbeat',
  title: 'two directors under heartbeat, NAT, three web servers',
  document: '000',
  notes: ['ICMP_CHECK of keepalived 0.2.7 is PING_CHECK today.'],
  networks: [
    { name: 'outside', cidr: '192.168.2.0/24', kind: 'switch' },
    { name: 'inside', cidr: '10.10.10.0/24', kind: 'hub' },
  ],
  nodes: [
    {
      name: 'client',
      roles: ['client'],
      interfaces: [{ name: 'eth0', network: 'outside', address: '192.168.2.21/24' }],
    },
    ...['Master', 'Slave'].map((name, index) => ({
      name,
      roles: ['director'],
      interfaces: [
        { name: 'eth0', network: 'outside', address: `192.168.2.${index + 1}/24` },
        { name: 'eth1', network: 'inside', address: `10.10.10.${index + 1}/24` },
      ],
    })),
    ...[1, 2, 3].map((n) => ({
      name: `Server-${n}`,
      roles: ['real-server', 'web'],
      interfaces: [{ name: 'eth0', network: 'inside', address: `10.10.10.${10 + n}/24` }],
    })),
  ],
  vips: [
    { address: '192.168.2.11', interface: 'eth0' },
    { address: '10.10.10.9', interface: 'eth1' },
  ],
}
