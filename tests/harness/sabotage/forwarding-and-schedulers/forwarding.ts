import type { NamedSabotage } from '../table.ts'
import { afterBoot } from '../ways.ts'

/** Ways to break forwarding by NAT, TUN and DR, and FTP. */
export const forwarding: readonly NamedSabotage[] = [
  {
    name: 'nat-not-in-turn',
    description: 'the web service by NAT has the scheduler sh',
    sabotage: afterBoot((cluster) => cluster.the('director').succeed('ipvsadm -E -t 192.168.10.100:80 -s sh')),
    red: {
      '003-nat': /by the servers in turn \(request 2: expected/,
      '003-both': /the web servers take turns \(request 2: expected/,
    },
    why: 'the two that promise whose turn it is at that service; FTP is another service',
    telling: '003-both',
    control: '003-ftp',
    long: true,
  },
  {
    name: 'private-network-open',
    description: 'the client has a route to the private network, and uses it',
    sabotage: afterBoot(async ({ client }) => {
      await client.succeed('ip route add 10.1.1.0/24 via 192.168.10.1')
      await client.machine.start('exec ping -q -i 0.2 10.1.1.11 >/dev/null')
    }),
    red: { '003-nat': /NAT keeps the real servers' addresses inside \(.*ICMP.*10\.1\.1\.11/s },
    why:
      'all that watch for private addresses outside; the others would too, but 003-nat is the claim whose title says that ' +
      'the network is private',
    telling: '003-nat',
    long: true,
  },
  {
    name: 'tunnel-silent-about-mtu',
    description: 'the director does not tell clients that their packets are too large for the tunnel (pmtu_disc 0)',
    sabotage: afterBoot((cluster) => cluster.the('director').succeed('sysctl -q -w net.ipv4.vs.pmtu_disc=0')),
    red: { '003-tun': /because the director tells the client .*0 messages; the client's path MTU is 1500/ },
    why: 'the only claim with packets of full size into a tunnel',
    telling: '003-tun',
    control: '003-nat',
    long: true,
  },
  {
    name: 'tunnel-answers-by-director',
    description: 'the router sends what it has for the client to the director, who lets packets from its own VIP pass',
    sabotage: afterBoot(async (cluster) => {
      await cluster
        .the('director')
        .succeed('sysctl -q -w net.ipv4.conf.all.accept_local=1 net.ipv4.conf.eth0.accept_local=1')
      await cluster.the('router').succeed('ip route add 192.168.10.30/32 via 192.168.10.1')
    }),
    red: { '003-tun': /no answer of the VIP passes the director \(\d+ did\)/ },
    why: "the only claim with answers that come through the router; DR's servers have the client beside them",
    telling: '003-tun',
    long: true,
  },
  {
    name: 'router-knows-vip',
    description: "the router has a route for DR's VIP to a server in its other network",
    sabotage: afterBoot((cluster) => cluster.the('router').succeed('ip route add 192.168.10.101/32 via 172.16.5.11')),
    red: { '003-dr': /no packet for the VIP is in its network \([1-9]\d* frames\)/ },
    why: 'the claim that such a server is not reached; nothing else goes to that VIP by way of the router',
    telling: '003-dr',
    long: true,
  },
  {
    name: 'dr-source-rewritten',
    description: 'the director gives what it forwards by DR another source port',
    sabotage: afterBoot((cluster) =>
      cluster
        .the('director')
        .succeed('iptables -t nat -A POSTROUTING -p tcp -d 192.168.10.101 --dport 80 -j MASQUERADE --random-fully'),
    ),
    red: {
      '003-dr': /addresses, ports and sequence number are the same \(.*; 192\.168\.10\.1:\d+ > 192\.168\.10\.101:80/,
    },
    why: 'the claim that DR rewrites nothing but the MAC',
    telling: '003-dr',
    long: true,
  },
  {
    name: 'ftp-helper-elsewhere',
    description: 'the FTP helper looks at port 2121 in place of 21',
    sabotage: afterBoot((cluster) =>
      cluster
        .the('director')
        .succeed(
          'echo options ip_vs_ftp ports=2121 >/etc/modprobe.d/ftp.conf && rmmod ip_vs_ftp && modprobe ip_vs_ftp',
        ),
    ),
    red: {
      '003-ftp': /with the helper, EPSV works in every session/,
      '003-both': /every file is fetched \(EPSV a1 7/,
    },
    why: 'the two with FTP; the module is there, and helps nobody',
    telling: '003-both',
  },
  {
    name: 'ftp-all-ports',
    description: 'a persistent service for all ports of the VIP, which passive FTP can do with in place of the helper',
    sabotage: afterBoot((cluster) => {
      const servers = ['10.1.1.11', '10.1.1.12', '10.1.1.13'].map((ip) => `ipvsadm -a -t 192.168.10.100:0 -r ${ip} -m`)
      return cluster
        .the('director')
        .succeed(
          ['ipvsadm -D -t 192.168.10.100:21', 'ipvsadm -A -t 192.168.10.100:0 -s rr -p 60', ...servers].join(' && '),
        )
    }),
    red: { '003-ftp': /passive fails without the helper \(curl exit code 0\)/ },
    why: 'the claim that passive FTP needs the helper',
    telling: '003-ftp',
    long: true,
  },
]
