/** What a claim that fails leaves behind: one folder, with what one needs to see why, named by the record and on the disk. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { proveOne } from './support/prove.ts'

t.setTimeout(0)

const outDir = await mkdtemp('/tmp/lvslab-evidence-')
t.teardown(async () => rm(outDir, { recursive: true, force: true }))

/** In the claim's folder, and what must be in it. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  'cluster/topology.json': /"address": "192\.168\.88\.8\/24"[^]*"mac": "02:/,
  'cluster/keepalived/ipvs.txt':
    /### ipvsadm -Ln\n[^]*192\.168\.88\.11:80 +Route +1 [^]*--stats[^]*--rate[^]*Timeout \(tcp tcpfin udp\)[^]*IPVS connection entries/,
  'cluster/keepalived/ip.txt':
    /192\.168\.88\.100\/\d+[^]*### ip route[^]*192\.168\.88\.0\/24[^]*### ip neigh[^]*### ip rule[^]*lookup main/,
  'cluster/keepalived/keepalived.data': /VRRP Topology/,
  'cluster/keepalived/keepalived_check.data': /LVS Topology[^]*192\.168\.88\.11/,
  'cluster/keepalived/keepalived_parent.data': /./,
  'cluster/keepalived/files/etc/keepalived/keepalived.conf': /real_server 192\.168\.88\.11 80 \{\s+weight 1/,
  'cluster/keepalived/sysctl.txt':
    /^(?=[^]*net\.ipv4\.conf\.all\.arp_ignore = )(?=[^]*net\.ipv4\.conf\.all\.rp_filter = )(?=[^]*net\.ipv4\.ip_forward = )[^]*net\.ipv4\.vs\./,
  'cluster/keepalived/netfilter.txt': /### iptables-save/,
  'cluster/keepalived/conntrack.txt': /./,
  'cluster/keepalived/journal.txt': /Keepalived/,
  'cluster/keepalived/kernel.txt': /Linux version/,
  'cluster/keepalived/versions.txt': /### uname -a\nLinux keepalived \d[^]*Keepalived v\d/,
  'cluster/node-1/versions.txt': /nginx version: /,
  'cluster/client/versions.txt': /curl \d/,
  'cluster/node-1/sysctl.txt': /net\.ipv4\.conf\.all\.arp_ignore = 1/,
  'cluster/node-1/ipvs.txt': /IPVS is not loaded|IP Virtual Server/,
  'cluster/client/ip.txt': /192\.168\.88\.2\/24/,
  'versions.json':
    /"commit": "[0-9a-f]{40}"[^]*"qemu": "\d[^]*"kernel": "\d[^]*"keepalived": "\d?:?\d[^]*"nginx": "\d[^]*"curl": "\d/,
}

void t.test('a claim that fails leaves one folder, with all that one needs to see why', async (t) => {
  const record = await proveOne('dr-vrrp', '004-7', { outDir, sabotage: 'wrong-weight' })
  t.match(record, { verdict: 'fail', folder: 'claims/004-7' })
  t.match(record.reason, /gets half/, 'the verdict is the claim’s own')
  for (const [file, content] of Object.entries(EXPECTED)) {
    const path = join(record.folder!, file)
    const named = record.evidence.find((one) => one.path === path)
    t.ok(named, `${file} is named`)
    t.match(await readFile(join(outDir, path), 'utf8').catch(String), content, file)
  }
  const captures = record.evidence.filter(({ kind }) => kind === 'capture')
  t.ok(captures.length > 0, 'with the captures')
  for (const { path, bytes } of record.evidence) {
    t.equal((await stat(join(outDir, path))).size, bytes, `${path} has the size that the record says`)
  }
  const kinds = new Set(record.evidence.map(({ kind }) => kind))
  // A machine that goes on from a snapshot may have nothing to say on its console, and a file without a word is left out.
  kinds.delete('console')
  const all = ['capture', 'state', 'journal', 'keepalived.data', 'configuration', 'topology', 'versions']
  t.same([...kinds].sort(), all.sort())
  t.notOk(
    record.evidence.some(({ label }) => label.endsWith('not-collected.txt')),
    'every machine answered',
  )
  const whole = record.evidence.reduce((sum, { bytes = 0 }) => sum + bytes, 0)
  t.comment(`${record.evidence.length} files, ${whole} bytes`)
})
