/**
 * The kernel finds its place in a table again by counting entries. Who reads it piece by piece misses one that stayed,
 * when another ends amid that. A claim about a template or a real server that is gone must not come true by that.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { hexAddress, hexPort, Lab, watchTable } from '../../src/cluster/index.ts'

t.setTimeout(0)

const LOOKS_MS = 10_000
/** A look that misses the entry comes once in a few hundred: until then, or this long. */
const MISS_S = 60

const directory = await mkdtemp(join(tmpdir(), 'lvslab-table-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))

void t.test('an entry that stays is seen in every look, while others end beside it', async (t) => {
  const lab = await Lab.open({ progress: (line) => t.comment(line) })
  await using cluster = await lab.boot('dr-nfs', { evidenceDir: directory })
  const { client, vip } = cluster
  const director = await vip.owner()
  const entry = `${hexAddress(client.address)} ${hexPort(0)}`

  // A template that stays, and UDP connections beside it which the kernel remembers for 1 s, some 50 new ones a second.
  await director.succeed(`
    ipvsadm -E -t ${vip.address}:80 -s rr -p 600
    ipvsadm -A -u ${vip.address}:9 -s rr
    ipvsadm -a -u ${vip.address}:9 -r ${cluster.service.realServers[0]!.address}:9 -g
    ipvsadm --set 0 0 1`)
  await client.succeed(`curl -s -m 5 -o /dev/null http://${vip.address}/`)
  const seconds = MISS_S + (2 * LOOKS_MS) / 1000
  await client.machine.start(
    `bash -c 'while [ $SECONDS -lt ${seconds} ]; do for i in 1 2 3 4 5; do echo x >/dev/udp/${vip.address}/9; done; sleep 0.05; done'`,
  )

  // By a shell's read: this shows that the table is one in which an entry can be missed.
  const missed = await director.run(
    `known() {
      while read -r protocol from port rest; do [ "$from $port" = '${entry}' ] && return 0; done </proc/net/ip_vs_conn
      return 1
    }
    read -r up _ </proc/uptime
    end=$((\${up%.*} + ${MISS_S}))
    while read -r up _ </proc/uptime; [ \${up%.*} -lt $end ]; do known || exit 0; done
    exit 1`,
    { timeoutMs: (MISS_S + 10) * 1000 },
  )
  t.equal(missed.exitCode, 0, 'who reads byte by byte misses it')

  const began = cluster.clock.now()
  const { reached } = await watchTable(director, {
    file: '/proc/net/ip_vs_conn',
    pattern: ` ${entry} `,
    wanted: 'absent',
    timeoutMs: LOOKS_MS,
  })
  t.notOk(reached, `watchTable did not miss it in ${Math.round(cluster.clock.now() - began)} ms`)
  t.match(await director.succeed('cat /proc/net/ip_vs_conn'), new RegExp(` ${entry} `), 'it was there all the time')
})
