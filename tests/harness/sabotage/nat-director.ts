import type { Sabotage } from '../../../src/run/claim-context.ts'
import type { SabotageTable } from './table.ts'
import { afterBoot } from './ways.ts'

const SCRIPT = '/usr/local/sbin/lvs_nat.sh'

export const natDirector: SabotageTable = {
  topology: 'nat-director',
  sabotages: [
    {
      name: 'nat-persistent',
      description: 'the virtual service is persistent: a client stays with one server for a minute',
      sabotage: script('s/-s wlc/& -p 60/'),
      red: {
        '002-1': /the servers answer in turn \(request 2: expected 192\.168\.11\.100, saw 192\.168\.11\.101/,
        '002-2': /each request goes where the kernel's rule says \(request 2: 192\.168\.11\.100 expected/,
      },
      why: 'both are about who answers; that servers can be reached (002-3) or not (002-4) has nothing to do with it',
      telling: '002-1',
      long: true,
      control: '002-3',
    },
    {
      name: 'nat-weight',
      description: 'rs1 has the weight 3 in place of 2',
      sabotage: script('s/-m -w 2/-m -w 3/'),
      red: { '002-2': /rs1 has the weight 2, and answers 26 of 39 .*\(weight 3, 29 of 39\)/ },
      why: 'rr (002-1) looks at no weight but 0',
      telling: '002-2',
      control: '002-1',
      long: true,
    },
    {
      name: 'nat-leak',
      description: "the client goes on asking a server by the server's own address",
      sabotage: afterBoot((cluster) => {
        const [server] = cluster.withRole('real-server')
        return cluster.client.machine.start(`while sleep 0.3; do curl -s -m 1 http://${server!.address}/; done`)
      }),
      red: {
        '002-1': /always: NAT keeps the real servers' addresses inside \(.*192\.168\.11\.100.* on network outside/s,
        '002-2': /always: NAT keeps the real servers' addresses inside \(.*192\.168\.11\.100.* on network outside/s,
      },
      why: 'the two that watch the outside network; 002-3 is about just such requests',
      telling: '002-1',
    },
    {
      name: 'nat-no-route',
      description: 'the client has no route to the inside network',
      sabotage: afterBoot((cluster) => cluster.client.succeed('ip route del 192.168.11.0/24')),
      red: { '002-3': /rs1 answers with its own page \(; failed: 3\)/ },
      why: "the one claim that needs more than the virtual service's address",
      telling: '002-3',
      control: '002-2',
      long: true,
    },
    {
      name: 'nat-hidden',
      description: 'the director masquerades what the client asks of the servers, too',
      sabotage: afterBoot((cluster) =>
        cluster.the('director').succeed('iptables -t nat -I POSTROUTING -o eth1 -d 192.168.11.0/24 -j MASQUERADE'),
      ),
      red: { '002-3': /none of these packets is the MASQUERADE rule's business/ },
      why: "IPVS's own packets are translated already and pass no rule of the nat table, so the virtual service goes on",
      telling: '002-3',
      control: '002-2',
      long: true,
    },
    {
      name: 'nat-second-gateway',
      description: "the director holds the other gateway's address as well, so that answers pass it in any case",
      sabotage: afterBoot((cluster) => cluster.the('director').succeed('ip address add 192.168.11.254/24 dev eth1')),
      red: { '002-4': /with another one no request is answered \(curl exit code 28: time-out\) \(0,0\)/ },
      why: 'the one claim in which the servers have that gateway',
      telling: '002-4',
      control: '002-1',
      long: true,
    },
  ],
}

/** Edits the director's script and runs it again. */
function script(edit: string): Sabotage {
  return afterBoot((cluster) => cluster.the('director').succeed(`sed -i '${edit}' ${SCRIPT} && ${SCRIPT}`))
}
