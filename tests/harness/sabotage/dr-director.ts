import type { Cluster } from '../../../src/cluster/index.ts'
import type { SabotageTable } from './table.ts'
import { afterBoot } from './ways.ts'

const SCRIPT = '/usr/local/sbin/lvs_dr.sh'
const WRR_SCRIPT = '/usr/local/sbin/lvs_dr_wrr.sh'

export const drDirector: SabotageTable = {
  topology: 'dr-director',
  sabotages: [
    {
      name: 'dr-uneven',
      description: 'the director has run its second script already: wrr 2:1',
      sabotage: afterBoot((cluster) => cluster.the('director').succeed(WRR_SCRIPT)),
      red: {
        '002-5': /the servers answer in turn \(request \d: expected 192\.168\.11\.\d+, saw 192\.168\.11\.100/,
        '002-8': /rr: every second request fails with curl exit code 7 \(request \d: expected/,
      },
      why: 'the two that count on rr. 002-6 and 002-7 run the scripts themselves, 002-9 has keepalived make the table',
      telling: '002-5',
      control: '002-6',
      long: true,
    },
    {
      name: 'dr-weight',
      description: 'the second script gives rs1 the weight 3 in place of 2',
      sabotage: edited(WRR_SCRIPT, 's/-w 2/-w 3/'),
      red: {
        '002-6': /each three requests are shared 2:1.*requests \d+ to \d+: expected/s,
        '002-7': /its table is that of lvs_dr_wrr\.sh \(wrr rs1 3, rs2 1\)/,
        '002-8': /wrr 2:1, as in the document.*requests \d+ to \d+: expected/s,
      },
      why: 'all that run the second script',
      telling: '002-6',
      control: '002-5',
      long: true,
    },
    {
      name: 'dr-no-cure',
      description: 'the second script does not take the VIP away first',
      sabotage: edited(WRR_SCRIPT, '/^ifconfig eth1:0 down/d'),
      red: { '002-7': /with "ifconfig eth1:0 down" first there is no error \(SIOCADDRT: File exists\)/ },
      why: 'the one claim that listens to what the scripts say; what they do is the same',
      telling: '002-7',
      control: '002-6',
      long: true,
    },
    {
      name: 'dr-no-route',
      description: 'the first script adds no route for the VIP',
      sabotage: edited(SCRIPT, '/^route add/d'),
      red: { '002-7': /without it there is the error of the document/ },
      why: "the error comes from that line. The VIP is the director's own address, so that balancing needs no route to it",
      telling: '002-7',
      long: true,
    },
    {
      name: 'dr-silent',
      description: 'a firewall on rs2 lets no RST out',
      sabotage: afterBoot((cluster) =>
        cluster.node('rs2').succeed('iptables -A OUTPUT -p tcp --tcp-flags RST RST -j DROP'),
      ),
      red: { '002-8': /rr: every second request fails with curl exit code 7 \(.*exit code 28/s },
      why: 'a closed port and a silent one are different failures to the client. To keepalived (002-9) both are failures',
      telling: '002-8',
      long: true,
    },
    {
      name: 'dr-slow-removal',
      description: 'keepalived tries a dead server eight times more, one second apart, in place of once',
      sabotage: edited('/etc/keepalived/keepalived.conf', 's/retry 1$/retry 8/'),
      red: {
        '002-9': /removal after the service stopped: \d+(\.\d+)? ms, expected|LVSLAB_E_TABLE_TIMEOUT.*was not absent/s,
      },
      why: 'the one claim with keepalived',
      telling: '002-9',
      long: true,
    },
    {
      name: 'dr-other-table',
      description: "keepalived's configuration gives rs1 the weight 2",
      sabotage: edited('/etc/keepalived/keepalived.conf', '0,/weight 1$/s//weight 2/'),
      red: { '002-9': /keepalived makes the same table \(rr rs1 2, rs2 1\)/ },
      why: 'the one claim with keepalived',
      telling: '002-9',
      long: true,
    },
    {
      name: 'dr-moved-web',
      description: 'when nginx is started again on rs2 it listens to port 8080',
      sabotage: afterBoot((cluster) =>
        cluster.node('rs2').succeed("sed -i '/listen/s/\\b80\\b/8080/' /etc/nginx/sites-available/default"),
      ),
      red: { '002-9': /LVSLAB_E_TABLE_TIMEOUT.*192\.168\.11\.101:80 was not present/s },
      why: 'the one claim that starts nginx again and has something left to ask',
      telling: '002-9',
      long: true,
    },
  ],
}

/** Edits a file of the director, which the claim makes use of later. */
function edited(path: string, edit: string): ReturnType<typeof afterBoot> {
  return afterBoot((cluster: Cluster) =>
    // An edit that changes nothing breaks nothing.
    cluster
      .the('director')
      .succeed(`cp ${path} /run/before && sed -i '${edit}' ${path} && ! cmp -s ${path} /run/before`),
  )
}
