import { unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import t, { type Test } from 'tap'
import {
  HA_CF_PATH,
  HARESOURCES_PATH,
  type HeartbeatConf,
  HeartbeatConfError,
  parseHeartbeatConf,
  readHeartbeatConfs,
} from '../../../src/topology/heartbeat-conf/index.ts'
import { loadTopology } from '../../../src/topology/load.ts'
import type { Topology } from '../../../src/topology/model.ts'
import { topologyFolder, VALID } from './fixture.ts'

/** The files of document 000, comments and all. */
const DOCUMENT = `#
# keepalive: how many seconds between heartbeats
#
keepalive 2
logfile /var/log/ha-log
deadtime 10
# hopfudge maximum hop count minus number of nodes in config
hopfudge 1
udpport 1001
# What interfaces to heartbeat over?
udp eth0
logfacility local0
# node nodename ... -- must match uname -n
node Master #Master是Master LLB的机器名,必须与uname –n 相一致
node Slave #Slave是Slave LLB的机器名,必须与uname –n 相一致
`
const RESOURCES = 'Master IPaddr::10.10.10.9/24/eth1 IPaddr::192.168.2.11/24/eth0 keepalived\n'
const MEDIUM = 'bcast eth0\nnode master slave\n'

const parse = (haCf: string, haresources = RESOURCES): HeartbeatConf =>
  parseHeartbeatConf({ file: 'ha.cf', text: haCf }, { file: 'haresources', text: haresources })

const refusal = (haCf: string, haresources = RESOURCES): string => {
  try {
    parse(haCf, haresources)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof HeartbeatConfError) || error.code !== 'LVSLAB_E_HEARTBEAT_CONF') throw error
    return error.message
  }
}

const notes = (haCf: string, haresources = RESOURCES): string[] =>
  parse(haCf, haresources).notes.map(({ message, file, at }) => `${file}:${at.line} ${message}`)

void t.test('the files of document 000, as heartbeat 3.0.6 was seen to take them', async (t) => {
  t.strictSame(parse(DOCUMENT), {
    file: 'ha.cf',
    resourcesFile: 'haresources',
    keepaliveMs: 2000,
    deadtimeMs: 10_000,
    warntimeMs: 5000,
    initdeadMs: 20_000,
    udpPort: 1001,
    autoFailback: 'legacy',
    nodes: ['master', 'slave'],
    media: [{ kind: 'bcast', interface: 'eth0', args: [] }],
    resources: [
      {
        preferredNode: 'master',
        resources: [
          { script: 'IPaddr', args: ['10.10.10.9/24/eth1'] },
          { script: 'IPaddr', args: ['192.168.2.11/24/eth0'] },
          { script: 'keepalived', args: [] },
        ],
      },
    ],
    notes: [
      {
        message: 'heartbeat takes "udp" for "bcast", and warns',
        file: 'ha.cf',
        at: { line: 11, column: 1, length: 3 },
      },
      {
        message: 'auto_failback is "legacy", which heartbeat warns is deprecated',
        file: 'ha.cf',
        at: { line: 1, column: 1 },
      },
    ],
  })
})

void t.test('what the file leaves open has the defaults that "heartbeat -D" prints', async (t) => {
  t.match(parse(MEDIUM), {
    keepaliveMs: 1000,
    deadtimeMs: 30_000,
    warntimeMs: 15_000,
    initdeadMs: 30_000,
    udpPort: 694,
    autoFailback: 'legacy',
  })
})

void t.test('initdead follows deadtime in three steps', async (t) => {
  const initdead = (deadtime: string) => parse(`deadtime ${deadtime}\n${MEDIUM}`).initdeadMs
  t.equal(initdead('5999ms'), 12_000)
  t.equal(initdead('6'), 12_000)
  t.equal(initdead('10'), 20_000)
  t.equal(initdead('10001ms'), 10_001)
})

void t.test('times are seconds or have their unit; the last of several counts', async (t) => {
  const keepalive = (value: string) => parse(`keepalive ${value}\n${MEDIUM}`).keepaliveMs
  t.equal(keepalive('1500ms'), 1500)
  t.equal(keepalive('1500msec'), 1500)
  t.equal(keepalive('0.5'), 500)
  t.equal(keepalive('100000us'), 100)
  t.equal(keepalive('1, 3'), 3000)
  t.equal(keepalive('1\nkeepalive 4'), 4000)
})

void t.test('values with which heartbeat does not start are refused at their place', async (t) => {
  t.equal(refusal(`deadtime 10 s\n${MEDIUM}`), 'ha.cf:1:13: deadtime is "s", which is not a time')
  t.equal(refusal(`deadtime 10s\n${MEDIUM}`), 'ha.cf:1:10: deadtime is "10s", which is not a time')
  t.equal(refusal(`keepalive 0\n${MEDIUM}`), 'ha.cf:1:11: keepalive is 0, less than 1 ms')
  t.equal(
    refusal(`keepalive 2\ndeadtime 4\n${MEDIUM}`),
    'ha.cf:2:1: deadtime (4000 ms) must be more than twice keepalive (2000 ms)',
  )
  t.equal(
    refusal(`deadtime 10\ninitdead 8\n${MEDIUM}`),
    'ha.cf:2:1: initdead (8000 ms) is shorter than deadtime (10000 ms)',
  )
  t.equal(refusal(`udpport none\n${MEDIUM}`), 'ha.cf:1:9: udpport is "none", which is not a port')
  t.equal(refusal(`auto_failback maybe\n${MEDIUM}`), 'ha.cf:1:15: auto_failback is "maybe", none of on, off, legacy')
  t.equal(refusal('node a b\n'), 'ha.cf:1:1: ha.cf names no medium (bcast, ucast, mcast, serial)')
  t.equal(refusal('bcast eth0\n'), 'ha.cf:1:1: ha.cf names no nodes')
  t.equal(refusal(`ucast eth0\n${MEDIUM}`), 'ha.cf:1:1: ucast has 1 of the 2 values that it needs')
  t.equal(refusal(`autojoin any\n${MEDIUM}`), 'ha.cf:1:1: "autojoin any" does not go together with haresources')
  t.equal(refusal(`crm on\n${MEDIUM}`), 'ha.cf:1:1: with "crm on" heartbeat does not look at haresources')
  t.equal(refusal(`crm off\nautojoin none\n${MEDIUM}`), 'accepted')
})

void t.test('an error shows the line', async (t) => {
  const thrown = t.throws(() => parse(`keepalive 2\ndeadtime  soon\n${MEDIUM}`))
  t.match(thrown, {
    seen: '2 | deadtime  soon\n  |           ^^^^',
    tried: 'read the heartbeat configuration ha.cf',
  })
})

void t.test('auto_failback takes any boolean; nice_failback is not looked at', async (t) => {
  const failback = (lines: string) => parse(`${lines}\n${MEDIUM}`).autoFailback
  t.equal(failback('auto_failback Yes'), 'on')
  t.equal(failback('auto_failback 0'), 'off')
  t.equal(failback('auto_failback LEGACY'), 'legacy')
  t.equal(failback('nice_failback on'), 'legacy')
  t.equal(failback('auto_failback on\nnice_failback off'), 'off')
})

void t.test('a port that comes after the first medium comes too late', async (t) => {
  t.equal(parse(`auto_failback on\nbcast eth0\nudpport 1001\n${MEDIUM}`).udpPort, 694)
  t.strictSame(notes(`auto_failback on\nbcast eth0\nudpport 1001\nnode a b\n`, 'a IPaddr::1.2.3.4'), [
    'ha.cf:3 udpport comes after the first medium, which has its port already',
  ])
})

void t.test('all kinds of media', async (t) => {
  const haCf = 'bcast eth0 eth1\nucast eth2 10.0.0.2\nmcast eth3 225.0.0.1 694 1 0\nserial /dev/ttyS0\nnode master\n'
  t.strictSame(parse(haCf).media, [
    { kind: 'bcast', interface: 'eth0', args: [] },
    { kind: 'bcast', interface: 'eth1', args: [] },
    { kind: 'ucast', interface: 'eth2', args: ['10.0.0.2'] },
    { kind: 'mcast', interface: 'eth3', args: ['225.0.0.1', '694', '1', '0'] },
    { kind: 'serial', interface: '/dev/ttyS0', args: [] },
  ])
})

void t.test('unknown directives, empty ones and those that change a takeover are noted', async (t) => {
  t.strictSame(
    notes(`frobnicate 1\nrespawn hacluster /x\nkeepalive\nauto_failback off\ninitdead 9\ndeadtime 5\n${MEDIUM}`),
    [
      'ha.cf:1 heartbeat 3.0.6 knows no directive "frobnicate" and does not start with it',
      'ha.cf:2 respawn is not counted in: the node announces 2 s more of deadtime while it starts a client',
      'ha.cf:3 keepalive has no value, so heartbeat passes over it',
      'ha.cf:5 heartbeat warns that initdead may be too small',
    ],
  )
})

void t.test('haresources: comments, joined lines, bare addresses, arguments', async (t) => {
  const text = '# groups\n\nMaster 10.0.0.1/24 \\\n  Filesystem::/dev/sda1::/data::ext2 # data\nslave httpd\n'
  t.strictSame(parse(MEDIUM, text).resources, [
    {
      preferredNode: 'master',
      resources: [
        { script: 'IPaddr', args: ['10.0.0.1/24'] },
        { script: 'Filesystem', args: ['/dev/sda1', '/data', 'ext2'] },
      ],
    },
    { preferredNode: 'slave', resources: [{ script: 'httpd', args: [] }] },
  ])
})

void t.test(
  'haresources: a node that ha.cf does not have is refused; groups that cannot be told apart are noted',
  async (t) => {
    t.equal(
      refusal(MEDIUM, '\n other IPaddr::1.2.3.4\n'),
      'haresources:2:2: "other" is none of the nodes of ha.cf: master, slave',
    )
    const haCf = `auto_failback on\n${MEDIUM}`
    t.strictSame(notes(haCf, 'master httpd\nslave httpd\nslave\n'), [
      'haresources:2 "httpd" begins several groups; heartbeat finds a group by its first',
      'haresources:3 the group of slave has no resources',
    ])
    t.strictSame(notes(haCf, '# nothing\n'), ['haresources:1 haresources names no resources'])
  },
)

const FILES = 'files: { /etc/keepalived/keepalived.conf: keepalived.conf }'
const HA_FILES = `files: { ${HA_CF_PATH}: ha.cf, ${HARESOURCES_PATH}: haresources }`

async function topology(t: Test, files: string): Promise<Topology> {
  const folder = await topologyFolder(t, VALID.replace(FILES, files))
  await writeFile(path.join(folder, 'ha.cf'), DOCUMENT)
  await writeFile(path.join(folder, 'haresources'), RESOURCES)
  return loadTopology(folder)
}

void t.test('the nodes that have an ha.cf are read, by their names', async (t) => {
  const read = await topology(t, HA_FILES)
  const confs = await readHeartbeatConfs(read)
  t.strictSame([...confs.keys()], ['director'])
  const [file, resourcesFile] = [path.join(read.folder, 'ha.cf'), path.join(read.folder, 'haresources')]
  t.match(confs.get('director'), { file, resourcesFile, udpPort: 1001 })
  await unlink(resourcesFile)
  await t.rejects(readHeartbeatConfs(read), {
    code: 'LVSLAB_E_HEARTBEAT_CONF',
    message: `${resourcesFile} cannot be read`,
  })
})

void t.test('an ha.cf without haresources is refused: heartbeat does not start with it', async (t) => {
  const read = await topology(t, `files: { ${HA_CF_PATH}: ha.cf }`)
  await t.rejects(readHeartbeatConfs(read), {
    code: 'LVSLAB_E_HEARTBEAT_CONF',
    message: `${path.join(read.folder, 'ha.cf')}: the node director has this file, but no haresources`,
  })
})
