import type { Cluster } from '../../../src/cluster/index.ts'
import type { Sabotage } from '../../../src/run/claim-context.ts'
import type { SabotageTable } from './table.ts'
import { afterBoot, block, editFiles, onAll, type Edit } from './ways.ts'

const CONF = '/etc/keepalived/keepalived.conf'
const HA_CF = '/etc/ha.d/ha.cf'
const HARESOURCES = '/etc/ha.d/haresources'

const GARBLED = String.raw`cat >/usr/share/heartbeat/req_resource <<'END'
#!/bin/sh
printf '>>>\nt=ip-request\nip>>>\naddr\n<<<\n' >/var/lib/heartbeat/fifo
END`

const TORN = String.raw`cat >/usr/share/heartbeat/req_resource <<'END'
#!/bin/sh
(echo '>>>'; sleep 1.3; printf 't=ip-request\nipaddr=IPaddr\n<<<\n') >/var/lib/heartbeat/fifo
END
sync`

export const natHeartbeat: SabotageTable = {
  topology: 'nat-heartbeat',
  sabotages: [
    {
      name: 'lame-rotation',
      description: 'the director schedules by wrr and gives Server-1 the weight 2',
      sabotage: afterBoot(async (cluster) => {
        const { address, port, realServers } = cluster.service
        const [first] = realServers
        const service = `-t ${address}:${port}`
        const edit = `ipvsadm -E ${service} -s wrr && ipvsadm -e ${service} -r ${first!.address}:${first!.port} -m -w 2`
        await (await cluster.vip.owner()).succeed(edit)
      }),
      red: {
        '000-1': /the servers answer in strict rotation, 1:1:1 \(request \d+: expected/,
        '000-5': /the rest answer in strict rotation, 1:1 \(request \d+: expected/,
      },
      why: 'the claims about the shares. 000-6 and 000-7 ask for the rotation too, and each has a breakage of its own',
      telling: '000-1',
      long: true,
    },
    {
      name: 'answers-astray',
      description: "the servers' default gateway is Slave's own address in place of V-gate",
      sabotage: afterBoot((cluster) => {
        const slave = cluster.node('Slave').spec.interfaces.at(-1)!.address.split('/')[0]!
        return onAll(cluster.withRole('real-server'), `ip route replace default via ${slave}`)
      }),
      red: {
        '000-2':
          /leave through V-gate 10\.10\.10\.9 \(.*to another gateway\).*NAT keeps the real servers' addresses inside/s,
      },
      why: 'the claim about the way of the answers, which nobody rewrites on Slave',
      telling: '000-2',
      long: true,
    },
    {
      name: 'half-a-hub',
      description: 'the hub keeps from Server-2 what Server-1 sends, as a switch does',
      sabotage: afterBoot((cluster) => {
        const [first, second] = cluster.withRole('real-server')
        return block(cluster, { fromCable: first!.cable(), toCable: second!.cable() })
      }),
      red: { '000-2': /the inside is a hub: every port gets every frame.*Server-2:eth0 sent \d+, got/s },
      why: 'the one claim that counts frames at the ports; nobody needs what the two servers say to each other',
      telling: '000-2',
    },
    {
      name: 'vip-first',
      description: 'haresources has the VIP before V-gate',
      sabotage: editBoth(HARESOURCES, (text) => text.replace(/(IPaddr\S+) (IPaddr\S+)/, '$2 $1')),
      red: {
        '000-3':
          /in the order of haresources \(IPaddr 192\.168\.2\.11.*then IPaddr 10\.10\.10\.9.*V-gate announced inside, then/s,
      },
      why: 'the claim about the order. 000-8 and 000-9 ask for it too, after a takeover of half a minute',
      telling: '000-3',
      long: true,
    },
    {
      name: 'keepalived-everywhere',
      description: 'keepalived runs on Slave too, as it does where systemd and not heartbeat starts it',
      sabotage: afterBoot((cluster) => cluster.node('Slave').service('keepalived').start()),
      red: { '000-3': /Slave has neither address and runs no keepalived \(keepalived\)/ },
      why: 'the claim that Slave runs none. 000-10 sees it too, later',
      telling: '000-3',
      long: true,
    },
    {
      name: 'short-initdead',
      description: 'ha.cf has an initdead of 12 s; without one it is 20 s',
      sabotage: editBoth(HA_CF, (text) => text.replace(/^deadtime 10$/m, '$&\ninitdead 12')),
      red: { '000-4': /Slave declared dead after heartbeat started: 1[2-9]\d\d\d(\.\d+)? ms, expected 19995/ },
      why: 'too early is as wrong as too late; where both nodes start, neither waits for the other',
      telling: '000-4',
      long: true,
    },
    {
      name: 'garbled-requests',
      description: "heartbeat's own requests for resources reach it mixed, each time",
      sabotage: afterBoot((cluster) => cluster.node('Master').succeed(GARBLED)),
      red: { '000-4': /LVSLAB_E_HEARTBEAT_LOST: heartbeat on Master lost its own request/ },
      why: 'mixed messages are forgiven once, with scripts that mend them; what mixes them still is seen, and not waited out',
      telling: '000-4',
      long: true,
    },
    {
      name: 'torn-requests',
      description:
        "heartbeat's own requests for resources come so slowly that it takes a piece for the whole, each time",
      sabotage: afterBoot((cluster) => cluster.node('Master').succeed(TORN)),
      red: {
        '000-4': /LVSLAB_E_HEARTBEAT_LOST: heartbeat on Master lost its own request/,
        '000-9': /LVSLAB_E_WIRE_TIMEOUT.*a request of Master for its resources/s,
      },
      why: 'as garbled-requests, and for the node that returns',
      telling: '000-4',
      long: true,
    },
    {
      name: 'no-layer3-checks',
      description: 'keepalived has no PING_CHECK: a dead server stays in the table',
      sabotage: afterBoot((cluster) => reconfigure(cluster, String.raw`s/PING_CHECK \{[^{}]*\}//g`)),
      red: { '000-6': /LVSLAB_E_TABLE_TIMEOUT.*not absent/s },
      why:
        'it waits for a dead server to leave the table. So does 000-5, with a client that keeps asking: that makes the ' +
        'machines so late that a time-out decides nothing (lame-rotation is for 000-5). 000-7 has no server that should leave',
      telling: '000-6',
      long: true,
    },
    {
      name: 'deaf-server',
      description: 'Server-3 answers no echo request, though it serves',
      sabotage: afterBoot((cluster) =>
        cluster.node('Server-3').succeed('iptables -A INPUT -p icmp --icmp-type echo-request -j DROP'),
      ),
      red: { '000-6': /LVSLAB_E_TABLE_TIMEOUT.*not present/s },
      why: 'the claim that the server is added again: with its cable in, the check still fails',
      telling: '000-6',
      long: true,
    },
    {
      name: 'layer4-check',
      description: 'keepalived asks the port too, every second (TCP_CHECK beside PING_CHECK)',
      sabotage: afterBoot((cluster) =>
        reconfigure(
          cluster,
          String.raw`s/PING_CHECK \{/TCP_CHECK {\n delay_loop 1\n retry 0\n connect_timeout 1\n }\n PING_CHECK {/g`,
        ),
      ),
      red: { '000-7': /Server-2 answers the check and stays in the table \(10\.10\.10\.1/ },
      why: 'the one claim in which a service stops and its server does not',
      telling: '000-7',
      long: true,
    },
    {
      name: 'short-deadtime',
      description: 'ha.cf has a deadtime of 5 s in place of 10 s',
      sabotage: editBoth(HA_CF, (text) => text.replace(/^deadtime 10$/m, 'deadtime 5')),
      red: { '000-8': /Master declared dead after its last status packet: [5-9]\d\d\d(\.\d+)? ms, expected 9995/ },
      why: 'the claim about deadtime. In 000-4 initdead, which follows from it, would be 12 s: see short-initdead',
      telling: '000-8',
      long: true,
    },
    {
      name: 'no-failback',
      description: 'ha.cf has auto_failback off',
      sabotage: editBoth(HA_CF, (text) => text.replace(/^keepalive 2$/m, '$&\nauto_failback off')),
      red: { '000-9': /LVSLAB_E_WIRE_TIMEOUT.*a request of Master for its resources/s },
      why: 'the one claim in which the preferred node comes back',
      telling: '000-9',
      long: true,
    },
    {
      name: 'unasked',
      description: 'a node that starts takes its resources without asking, whoever has them',
      sabotage: afterBoot((cluster) =>
        cluster.node('Master').succeed("sed -i '2i HA_DONTASK=yes' /usr/share/heartbeat/req_resource && sync"),
      ),
      red: { '000-9': /LVSLAB_E_HEARTBEAT_UNASKED: Master never asks Slave/ },
      why: 'the one claim in which a node starts while the other has the resources',
      telling: '000-9',
      long: true,
    },
    {
      name: 'watchdog',
      description: 'a script on Master stops heartbeat when keepalived is gone, as the document should have had it',
      sabotage: afterBoot(async (cluster) => {
        const watch = 'while pgrep -x keepalived >/dev/null; do sleep 0.5; done; systemctl stop heartbeat'
        await cluster.node('Master').machine.start(watch)
      }),
      red: { '000-10': /heartbeat runs on, on Master/ },
      why: 'the one claim in which keepalived dies and its node does not',
      telling: '000-10',
      long: true,
    },
  ],
}

/** Changes a file of both directors before they boot. */
function editBoth(path: string, edit: Edit): Sabotage {
  return editFiles(['Master', 'Slave'].map((node) => ({ node, path, edit })))
}

/** Changes keepalived.conf of the running director by a perl expression over the whole file; waits for the new table. */
async function reconfigure(cluster: Cluster, expression: string): Promise<void> {
  const owner = await cluster.vip.owner()
  const filled = `[ "$(grep -c -e '-> [0-9A-F]*:' /proc/net/ip_vs)" -ge ${cluster.service.realServers.length} ]`
  await owner.succeed(
    `perl -0pi.old -e '${expression}' ${CONF} && ! cmp -s ${CONF} ${CONF}.old && systemctl restart keepalived &&
     until ${filled}; do sleep 0.3; done`,
  )
}
