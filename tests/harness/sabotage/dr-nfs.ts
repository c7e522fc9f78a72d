import type { Cluster } from '../../../src/cluster/index.ts'
import type { Sabotage } from '../../../src/run/claim-context.ts'
import type { SabotageTable } from './table.ts'
import { afterBoot, block, editFiles, onAll, type Edit } from './ways.ts'

const CONF = '/etc/keepalived/keepalived.conf'
const SCRIPT = '/usr/local/sbin/nat.sh'
/** The director that the document sets up without keepalived. */
const ALONE = 'lvs-01'

export const drNfs: SabotageTable = {
  topology: 'dr-nfs',
  sabotages: [
    {
      name: 'open-exports',
      description: 'the NFS server exports both folders to everybody, for writing',
      sabotage: afterBoot((cluster) =>
        cluster
          .the('nfs-server')
          .succeed("sed -i 's/192.168.100.1[23](ro)/*(rw,no_root_squash)/' /etc/exports && exportfs -ra"),
      ),
      red: { '001-1': /lists both exports, each for its own host.*cannot mount the other's.*cannot write/s },
      why: 'the one claim about who may mount and write; all others only read',
      telling: '001-1',
    },
    {
      name: 'local-pages',
      description: 'the web servers serve a copy of the pages from their own disk',
      sabotage: afterBoot((cluster) => {
        const page = '/var/www/html/index.html'
        return onAll(cluster.withRole('web'), `cp ${page} /tmp/page && umount -l /var/www/html && cp /tmp/page ${page}`)
      }),
      red: {
        '001-1': /web1 has mounted its own export/,
        '001-2': /web1 serves \/opt\/web1 of the NFS server as it is now/,
        '001-13': /no page comes any more/,
      },
      why: 'what the mount is for: where the page comes from, and what becomes of it when the NFS server is gone',
      telling: '001-2',
      long: true,
      control: '001-7',
    },
    {
      name: 'persistent-script',
      description: 'nat.sh makes the virtual service persistent',
      sabotage: script("sed -i 's/-s rr/-s rr -p 6/'"),
      red: { '001-3': /without persistence.*the servers answer in turn/s },
      why: 'one client then stays on one server; the other claims about the director alone count no shares',
      telling: '001-3',
      long: true,
    },
    {
      name: 'answers-through-director',
      description: 'nat.sh forwards by NAT, and the director hides the client, so that NAT works in one subnet',
      sabotage: afterBoot(async (cluster) => {
        const rules = cluster.service.realServers.map(
          ({ address, port }) => `iptables -t nat -A POSTROUTING -p tcp -d ${address} --dport ${port} -j MASQUERADE`,
        )
        const edit = `sed -i 's/ -g$/ -m/' ${SCRIPT}`
        await cluster.node(ALONE).succeed([edit, 'sysctl -q -w net.ipv4.vs.conntrack=1', ...rules].join(' && '))
      }),
      red: {
        '001-3': /both real servers are there as Route/,
        '001-4': /the VIP's address and the server's MAC address.*no answer passes a director/s,
      },
      why: 'requests are served and shared as ever: only how, and by which way the answers go, is different',
      telling: '001-4',
      long: true,
    },
    {
      name: 'arp-answered',
      description: 'the real servers answer ARP for the VIP and ask in its name (arp_ignore 0, arp_announce 0)',
      sabotage: afterBoot((cluster) => onAll(cluster.withRole('real-server'), allowArp())),
      red: { '001-5': /each request has one answer, the director’s/ },
      why: 'the claim that forbids it; 001-6 is about nothing else. (All others that watch who answers ARP turn red too.)',
      telling: '001-5',
      long: true,
    },
    {
      name: 'arp-silenced',
      description: 'the switch drops all ARP of the real servers, whatever their settings',
      sabotage: afterBoot(async (cluster) => {
        for (const node of cluster.withRole('real-server')) {
          await block(cluster, { match: 'arp', fromCable: node.cable() })
        }
      }),
      red: { '001-6': /web1 answers for the VIP.*web2 answers for the VIP.*a real server asks for the client/s },
      why: 'the claim that the ARP problem exists: here it cannot',
      telling: '001-6',
      long: true,
    },
    {
      name: 'nfs-outranked',
      description: 'lvs-02 has priority 150, more than lvs-01',
      sabotage: conf({ backup: (text) => text.replace(/^ *priority 90\b/m, '    priority 150') }),
      red: {
        '001-7': /LVSLAB_E_WIRE_TIMEOUT.*an advert of lvs-01/s,
        '001-9': /master again after keepalived starts: 3[45]\d\d\b.*expected/s,
      },
      why:
        '001-7 waits for the preferred one in vain; in 001-9 the wrong one returns, whose skew time is then 0.2 s shorter ' +
        'than that of the priority in the configuration',
      telling: '001-7',
      long: true,
    },
    {
      name: 'nfs-late-takeover',
      description: 'lvs-02 has priority 1: its skew time is 0.996 s in place of 0.648 s',
      sabotage: conf({ backup: (text) => text.replace(/^ *priority 90\b/m, '    priority 1') }),
      red: { '001-8': /takeover after the last advert: (399\d|4\d{3})\b.*expected/s },
      why: 'the one claim that holds the takeover by the backup against its window',
      telling: '001-8',
      long: true,
    },
    {
      name: 'nfs-no-checks',
      description: 'both directors have no TCP_CHECK: a dead server stays in the table',
      sabotage: conf({ both: (text) => text.replaceAll(/\n\s*TCP_CHECK \{[^{}]*\}/g, '') }),
      red: { '001-10': /LVSLAB_E_TABLE_TIMEOUT.*not absent/s, '001-11': /LVSLAB_E_TABLE_TIMEOUT.*not absent/s },
      why: 'both wait for a dead server to leave the table',
      telling: '001-10',
      long: true,
    },
    {
      name: 'no-persistence',
      description: 'the virtual service is not persistent',
      sabotage: afterBoot(editService('-s rr')),
      red: { '001-12': /stays on its server.*the director has a template/s },
      why: 'rr alone sends the client to another server each time',
      telling: '001-12',
      long: true,
    },
    {
      name: 'long-persistence',
      description: 'the virtual service is persistent for 9 s in place of 6',
      sabotage: afterBoot(editService('-s rr -p 9')),
      red: { '001-12': /a template for it, which runs out within 6 s \(ASSURED to \S+, [78] s left\)/ },
      why: 'a client that stays too long is as wrong as one that does not stay',
      telling: '001-12',
      long: true,
    },
    {
      name: 'checker-dies',
      description: 'on both directors the checker process of keepalived is killed 5 s later; its parent starts another',
      sabotage: afterBoot((cluster) => later(cluster, 'sleep 5; kill -KILL "$(pgrep -x keepalived | sed -n 2p)"')),
      red: { '001-12': /processes stay the same.*keepalived \(pid \d+\) no longer runs/s },
      why: 'no claim does that on purpose, and nobody else would notice: the service goes on. 001-12 takes long enough',
      telling: '001-12',
    },
    {
      name: 'hasty-checks',
      description: 'the directors check every 2 s, though the configuration that they were given says 6',
      sabotage: afterBoot((cluster) =>
        onAll(
          cluster.withRole('director').filter(({ spec }) => spec.services.includes('keepalived')),
          `sed -i 's/delay_loop 6/delay_loop 2/' ${CONF} && systemctl reload keepalived`,
        ),
      ),
      red: {
        '001-12': /health checks come at the configured rhythm.*TCP_CHECK of .* came (1[89]|2[01])\d\d ms after/s,
      },
      why: 'the windows of removals (001-10) would hold all the same: a check comes sooner, and is still inside',
      telling: '001-12',
      long: true,
    },
    {
      name: 'stray-server',
      description:
        'somebody puts a server back into the table 1 s after keepalived has removed it, and ends the persistence',
      sabotage: afterBoot((cluster) => {
        const { address, port, realServers } = cluster.service
        const back = realServers.map(
          (server) =>
            `ipvsadm -Ln | grep -q ${server.address}:${server.port} || ` +
            `{ sleep 1; ipvsadm -a -t ${address}:${port} -r ${server.address}:${server.port} -g; ` +
            // Else its clients would stay where they went meanwhile.
            `ipvsadm -E -t ${address}:${port} -s rr; }`,
        )
        return later(cluster, `while sleep 0.3; do ${back.join('; ')}; done`)
      }),
      red: { '001-10': /no new connection reaches a server after its director has removed it.*was sent to/s },
      why: 'the claim that asks for the service after a removal',
      telling: '001-10',
    },
    {
      name: 'weight-0',
      description: "the topology gives the first real server weight 0, keepalived's configuration gives it 1",
      sabotage: {
        vary: (topology) =>
          Promise.resolve({
            ...topology,
            virtualServices: topology.virtualServices.map((service) => ({
              ...service,
              realServers: service.realServers.map((server, index) => ({ ...server, weight: index === 0 ? 0 : 1 })),
            })),
          }),
      },
      red: { '001-12': /no connection is scheduled to a server of weight 0 \(.*of weight 0/s },
      why: 'requests go to both servers, one of which should get none',
      telling: '001-12',
      long: true,
    },
    {
      name: 'kernel-bug',
      description: 'the kernel of a real server logs a BUG',
      sabotage: afterBoot((cluster) =>
        cluster.the('real-server').succeed("echo '<1>BUG: made up by a test of the harness' >/dev/kmsg"),
      ),
      red: { '001-12': /no kernel reports an oops.*BUG: made up by a test of the harness/s },
      why: 'nothing is wrong with the cluster but what its kernel says',
      telling: '001-12',
    },
  ],
}

/** Changes keepalived.conf of both directors, or of one. */
function conf(edits: { readonly both?: Edit; readonly backup?: Edit }): Sabotage {
  const { both, backup = both } = edits
  return editFiles([
    ...(both ? [{ node: 'lvs-01', path: CONF, edit: both }] : []),
    ...(backup ? [{ node: 'lvs-02', path: CONF, edit: backup }] : []),
  ])
}

/** Changes nat.sh where it lies. */
function script(edit: string): Sabotage {
  return afterBoot((cluster) => cluster.node(ALONE).succeed(`${edit} ${SCRIPT}`))
}

/** Gives the virtual service other settings, behind keepalived's back. */
function editService(settings: string): (cluster: Cluster) => Promise<unknown> {
  return (cluster) => {
    const { address, port } = cluster.service
    return onAll(cluster.withRole('director'), `ipvsadm -E -t ${address}:${port} ${settings}`)
  }
}

function allowArp(): string {
  const settings = ['all', 'lo', 'ens33'].flatMap((nic) =>
    ['arp_ignore', 'arp_announce'].map((name) => `net.ipv4.conf.${nic}.${name}=0`),
  )
  return `sysctl -q -w ${settings.join(' ')}`
}

/** Something that the directors with keepalived do by themselves, while the claim runs: not what the claim does. */
function later(cluster: Cluster, script: string): Promise<unknown> {
  const directors = cluster.withRole('director').filter(({ spec }) => spec.services.includes('keepalived'))
  return Promise.all(directors.map((node) => node.machine.start(script)))
}
