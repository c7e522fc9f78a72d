import type { Cluster } from '../../../src/cluster/index.ts'
import type { Sabotage } from '../../../src/run/claim-context.ts'
import type { NodeSpec } from '../../../src/topology/index.ts'
import type { SabotageTable } from './table.ts'
import { afterBoot, block, editFiles, onAll, varied, type Edit } from './ways.ts'

const CONF = '/etc/keepalived/keepalived.conf'
const MASTER = 'keepalived'
const BACKUP = 'keepalived-backup'

const ALL_CLAIMS = Array.from({ length: 13 }, (_, index) => `004-${index + 1}`)

export const drVrrp: SabotageTable = {
  topology: 'dr-vrrp',
  full: true,
  sabotages: [
    {
      name: 'wrong-weight',
      description: 'both directors give node-2 the weight 1 in place of 3',
      sabotage: conf({ both: (text) => replaceLast(text, 'weight 3', 'weight 1') }),
      red: { '004-7': /gets half.*15 of 60|gets half.*45 of 60/s },
      why: 'only 004-7 promises shares; the others ask whether requests are served, which they are',
      telling: '004-7',
      control: '004-3',
    },
    {
      name: 'no-checks',
      description: 'both directors have no HTTP_GET: a dead server stays in the table',
      sabotage: conf({ both: (text) => text.replaceAll(/\n\s*HTTP_GET \{[^{}]*\{[^{}]*\}[^{}]*\}/g, '') }),
      red: { '004-8': /LVSLAB_E_TABLE_TIMEOUT.*not absent/s, '004-9': /LVSLAB_E_TABLE_TIMEOUT.*not absent/s },
      why:
        'both wait for a dead server to leave the table. 004-12 does not care: it waits for its server to be in the table, ' +
        'where it then always was',
      telling: '004-8',
    },
    {
      name: 'no-garp',
      description: 'the switch drops every gratuitous ARP',
      sabotage: afterBoot((cluster) => block(cluster, { match: 'garp' })),
      red: {
        '004-2': /LVSLAB_E_WIRE_TIMEOUT.*a gratuitous ARP for/s,
        '004-3': /LVSLAB_E_WIRE_TIMEOUT.*a gratuitous ARP for/s,
        '004-4': /LVSLAB_E_WIRE_TIMEOUT.*a gratuitous ARP for/s,
        '004-5': /LVSLAB_E_WIRE_TIMEOUT.*a gratuitous ARP for/s,
        '004-6': /LVSLAB_E_WIRE_TIMEOUT.*a gratuitous ARP for/s,
      },
      why:
        'the refresh (004-2) and the announcement of every takeover (004-3 to 004-6) are missing. The others change no ' +
        'owner while a client knows the old one',
      telling: '004-4',
      long: true,
    },
    {
      name: 'two-masters',
      description: 'neither director hears the other, so both hold the VIP',
      sabotage: afterBoot(separateDirectors),
      red: {
        ...Object.fromEntries(ALL_CLAIMS.map((id) => [id, /LVSLAB_E_VIP_OWNER.*more than one owner/s])),
        '004-1': /only keepalived holds the VIP.*keepalived, keepalived-backup/s,
        '004-11': /never two masters.*both advertise vrid 18/s,
      },
      why: 'every claim has one owner of the VIP as its premise and asks for it, or watches for a second (004-11)',
      telling: '004-11',
    },
    {
      name: 'arp-problem',
      description: "the real servers have the kernel's default arp_ignore and arp_announce",
      sabotage: varied({
        nodes: (node) => (node.roles.includes('real-server') ? { ...node, sysctls: {} } : node),
      }),
      red: Object.fromEntries(
        ['2', '3', '4', '5', '6', '7', '8', '9', '11', '12', '13'].map((number) => [
          `004-${number}`,
          /only directors answer ARP for the VIP \(.*answered by node-[12]:eth1/s,
        ]),
      ),
      why:
        'all that watch who answers ARP. 004-1 is about the directors alone and has no client; 004-10 takes the VIP off the ' +
        'real servers before anybody asks for it, and so the problem with it',
      telling: '004-7',
    },
    {
      name: 'late-takeover',
      description: 'the backup has priority 1: its skew time is 0.996 s in place of 0.613 s',
      sabotage: conf({ backup: (text) => text.replace(/^ *priority 99\b/m, '    priority 1') }),
      red: {
        '004-3': /takeover after the resigning advert: \d+.*expected/s,
        '004-4': /takeover after the last advert: (399\d|4\d{3})\b.*expected/s,
        '004-5': /takeover after the last advert: (399\d|4\d{3})\b.*expected/s,
      },
      why:
        'they hold the takeover by the backup against its window, which is over 0.38 s earlier. 004-6 measures the return of ' +
        'the preferred director only, whose timer is as it was',
      telling: '004-4',
    },
    {
      name: 'early-takeover',
      description: 'the backup takes over after two silent adverts in place of three (down_timer_adverts 2)',
      sabotage: conf({
        backup: (text) => text.replace('    advert_int 1 ', '    down_timer_adverts 2\n    advert_int 1 '),
      }),
      red: {
        '004-4': /takeover after the last advert: 2[67]\d\d\b.*expected/s,
        '004-5': /takeover after the last advert: 2[67]\d\d\b.*expected/s,
      },
      why:
        'too early is as wrong as too late: the windows have two ends. A resigning master (004-3) is succeeded after the skew ' +
        'time alone, which is as it was; in 004-6 the preferred director returns by its own timer',
      telling: '004-4',
      long: true,
      control: '004-3',
    },
    {
      name: 'outranked',
      description: 'the backup has priority 150, more than the preferred director',
      sabotage: conf({ backup: (text) => text.replace(/^ *priority 99\b/m, '    priority 150') }),
      red: {
        '004-1': /LVSLAB_E_WIRE_TIMEOUT.*an advert of keepalived,/s,
        '004-2': /all have vrid 18, priority 99/,
        '004-5': /return after the cable is back: 3[45]\d\d\b.*expected/s,
        '004-6': /master again after keepalived starts: 3[45]\d\d\b.*expected/s,
        '004-10': /LVSLAB_E_WIRE_TIMEOUT.*an advert of keepalived,/s,
      },
      why:
        'the wrong one is master: 004-1 and 004-10 wait for the preferred one in vain, 004-2 sees the wrong priority, and ' +
        'where the wrong one returns (004-5, 004-6) its skew time is 0.2 s too short. Where it only loses the VIP (004-3, ' +
        '004-4), the other takes over by its own, right, timer',
      telling: '004-1',
      long: true,
    },
    {
      name: 'slow-refresh',
      description: 'both directors repeat their gratuitous ARP every 20 s in place of 10',
      sabotage: conf({ both: (text) => text.replace(/garp_master_refresh 10\b/, 'garp_master_refresh 20') }),
      red: { '004-2': /LVSLAB_E_WIRE_TIMEOUT.*a gratuitous ARP for/s },
      why: 'only 004-2 promises how often',
      telling: '004-2',
      long: true,
    },
    {
      name: 'no-preempt',
      description: 'the preferred director leaves a lower master alone (state BACKUP, nopreempt)',
      sabotage: conf({
        master: (text) => text.replace('state MASTER ', 'nopreempt\n    state BACKUP '),
        // Else the backup, if its machine were the faster one, would have the VIP from the start and keep it.
        backup: (text) => text.replace('router_id LVS_8808', 'router_id LVS_8808\n    vrrp_startup_delay 5'),
      }),
      red: {
        '004-5': /LVSLAB_E_WIRE_TIMEOUT.*an advert of vrid 18 from somebody other than keepalived-backup/s,
        '004-6': /LVSLAB_E_WIRE_TIMEOUT.*an advert of vrid 18 from somebody other than keepalived-backup/s,
      },
      why: 'the two in which the preferred director comes back and must have the VIP again',
      telling: '004-5',
      long: true,
    },
    {
      name: 'masquerade',
      description: 'the directors hide the client behind their own address, so that NAT does work in one subnet',
      sabotage: afterBoot(async (cluster) => {
        const servers = cluster.service.realServers
        const rules = servers.map(
          ({ address, port }) => `iptables -t nat -A POSTROUTING -p tcp -d ${address} --dport ${port} -j MASQUERADE`,
        )
        await onAll(cluster.withRole('director'), ['sysctl -q -w net.ipv4.vs.conntrack=1', ...rules].join(' && '))
      }),
      red: { '004-10': /no request is answered/ },
      why: 'the one claim about NAT: with direct routing no packet is addressed to a real server but health checks',
      telling: '004-10',
      long: true,
    },
    {
      name: 'vip-elsewhere',
      description: 'the real servers hold the VIP a second time, on dummy0',
      sabotage: afterBoot(async (cluster) => {
        const add = `ip link add dummy0 type dummy && ip address add ${cluster.vip.address}/32 dev dummy0`
        await onAll(cluster.withRole('real-server'), `${add} && ip link set dummy0 up`)
      }),
      red: { '004-11': /without it no request is answered/ },
      why: 'the claim that nobody answers once lo has lost the VIP. 004-10 is answered by the servers themselves in any case',
      telling: '004-11',
      long: true,
      control: '004-7',
    },
    {
      name: 'permanent-vip',
      description: 'the VIP on lo was made permanent beforehand',
      sabotage: afterBoot((cluster) =>
        onAll(cluster.withRole('real-server'), 'sh /usr/lib/lvslab/provision/loopback-permanent.sh && sync'),
      ),
      red: { '004-12': /after a reboot it is gone/ },
      why: 'the one claim in which a real server reboots',
      telling: '004-12',
      long: true,
    },
    {
      name: 'wrong-netmask',
      description: 'the real servers have a /26, so that half of the network has no way back from them',
      sabotage: varied({
        nodes: (node) => (node.roles.includes('real-server') ? withPrefix(node, 26) : node),
      }),
      red: { '004-13': /a client on another of the network's addresses is served \(0 of 6\)/ },
      why: "the one claim with a client outside that half; the directors and the usual client's address are inside",
      telling: '004-13',
      long: true,
    },
  ],
}

/** Changes keepalived.conf of both directors, or of one. */
function conf(edits: { readonly both?: Edit; readonly master?: Edit; readonly backup?: Edit }): Sabotage {
  const { both, master = both, backup = both } = edits
  return editFiles([
    ...(master ? [{ node: MASTER, path: CONF, edit: master }] : []),
    ...(backup ? [{ node: BACKUP, path: CONF, edit: backup }] : []),
  ])
}

/** Adverts of one director do not reach the other. Waits until both are masters, where they run. */
async function separateDirectors(cluster: Cluster): Promise<void> {
  const directors = cluster.withRole('director')
  const since = cluster.clock.now()
  for (const from of directors) {
    for (const to of directors) {
      if (from !== to) await block(cluster, { match: 'vrrp', fromCable: from.cable(), toCable: to.cable() })
    }
  }
  for (const node of directors) {
    if (!(await node.service('keepalived').isActive())) continue
    await cluster.wire.waitFor(
      {
        description: `an advert of ${node.name}`,
        match: (event) => event.type === 'vrrp' && event.srcIp === node.address,
      },
      { since, timeoutMs: 15_000 },
    )
  }
}

function withPrefix(node: NodeSpec, prefix: number): NodeSpec {
  const address = (text: string): string => `${text.split('/')[0]!}/${prefix}`
  return { ...node, interfaces: node.interfaces.map((nic) => ({ ...nic, address: address(nic.address) })) }
}

function replaceLast(text: string, from: string, to: string): string {
  const at = text.lastIndexOf(from)
  return at < 0 ? text : text.slice(0, at) + to + text.slice(at + from.length)
}
