import { z } from 'zod'
import type { Role, TopologyGroup } from './model.ts'

/**
 * The shape of topology.yaml. What only several fields together can tell (does the address lie in its network, does
 * the node exist) is in `checks/`. New keys are added as optional ones, so that old files stay valid.
 */

/** What a machine can be. Each role is one provisioning script. */
export const ROLES = [
  'director',
  'real-server',
  'web',
  'ftp-server',
  'nfs-server',
  'router',
  'heartbeat',
  'client',
] as const satisfies readonly Role[]

/** Topologies that stand apart from those of the documents; their tests are in the folder of that name in tests/. */
export const TOPOLOGY_GROUPS = ['regressions', 'versions'] as const satisfies readonly TopologyGroup[]

/** IPVS's schedulers, by ipvsadm(8)'s names; the kernel's net/netfilter/ipvs/ip_vs_*.c. */
export const SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'mh',
  'twos',
] as const

export const FORWARDING_METHODS = ['DR', 'NAT', 'TUN'] as const

/** Whole networks of these lengths only: a longer one has no room for a cluster, a shorter one is a slip. */
export const NETWORK_PREFIX = { min: 8, max: 30 } as const

const kebab = (what: string) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, `${what} must be kebab-case: lower-case letters, digits, single hyphens`)
const text = z.string().min(1, 'must not be empty')
const endpoint = text.describe('IPv4 address and port: "192.168.88.100:80".')
const octal = /^0?[0-7]{3}$/

const network = z.strictObject({
  cidr: text.describe('The IPv4 block: "192.168.88.0/24".'),
  kind: z
    .enum(['switch', 'hub'])
    .default('switch')
    .describe('A switch learns which address is where; a hub repeats every frame to every cable. Default: switch.'),
})

const interfaceShape = z.strictObject({
  network: text.describe('Name of the network that the cable leads to.'),
  address: text.describe('IPv4 address with the prefix of the network: "192.168.88.8/24".'),
  aliases: z.array(text).default([]).describe('Further addresses with the prefix of the network.'),
})

const mount = z.strictObject({
  from: text.describe('NFS server and its folder: "192.168.100.11:/opt/web1".'),
  options: z
    .string()
    .regex(/^[\w=.,:-]*$/, 'must be options as mount(8) takes them: "ro,hard"')
    .default('')
    .describe('Options, as mount(8) and nfs(5) take them. Default: none.'),
})

const configurationFile = z.strictObject({
  from: text.describe('Path on this host, relative to the folder of topology.yaml.'),
  mode: z
    .string('must be an octal mode in quotes: "0600"')
    .regex(octal, 'must be an octal mode such as "0600"')
    .default('0644')
    .describe('Octal mode in the machine, in quotes. Default: "0644".'),
})

const node = z.strictObject({
  roles: z.array(z.enum(ROLES)).min(1, 'needs at least one role').describe('What the machine is.'),
  interfaces: z
    .record(z.string(), interfaceShape)
    .refine((all) => Object.keys(all).length > 0, 'needs at least one interface')
    .describe('Its network interfaces by name ("eth1", "ens33"); the machine renames its own to these.'),
  gateway: text.optional().describe('IPv4 default gateway, an address in one of the networks of the node.'),
  routes: z.record(z.string(), text).default({}).describe('Next hops by IPv4 block: "198.51.100.0/24: 192.168.10.1".'),
  tunnel: z
    .array(text)
    .default([])
    .describe('Addresses with prefix on tunl0: the VIPs of a real server that is reached by IP-in-IP.'),
  loopback: z
    .array(text)
    .default([])
    .describe('Addresses with prefix on lo: the VIPs of a direct-routing real server, "192.168.88.100/32".'),
  sysctls: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .default({})
    .describe('Kernel settings by their dotted names: "net.ipv4.conf.all.arp_ignore: 1".'),
  files: z
    .record(z.string(), z.union([text, configurationFile]))
    .default({})
    .describe('Files put into the machine: absolute path there, and the path beside topology.yaml or { from, mode }.'),
  mounts: z
    .record(z.string(), z.union([text, mount]))
    .default({})
    .describe('NFS file systems by mount point: the source, or { from, options }. Mounted before the services start.'),
  services: z.array(text).default([]).describe('systemd units that are started, in this order.'),
  scripts: z
    .array(text)
    .default([])
    .describe(
      'Scripts among its files that are run once its services are up, in this order; a reboot does not run them.',
    ),
  memory: z
    .int()
    .min(64, 'must be at least 64 MiB')
    .max(65536, 'must be at most 65536 MiB')
    .default(192)
    .describe('MiB of memory. Default: 192.'),
})

const vip = z.strictObject({
  address: text.describe('The virtual IP with its prefix, as keepalived sets it: "192.168.88.100/24".'),
  network: text.describe('Name of the network that it is reached in.'),
  interface: text.describe('Interface that carries it on the director that owns it.'),
  candidates: z
    .array(text)
    .min(1, 'needs at least one candidate')
    .describe('Directors that may own it, most preferred first.'),
})

const realServer = z.strictObject({
  node: text.describe('Name of the node.'),
  address: endpoint,
  weight: z
    .int()
    .min(0, 'must be 0..65535')
    .max(65535, 'must be 0..65535')
    .default(1)
    .describe('Its share, 0..65535 (ipvsadm(8), --weight); 0 takes no new connections. Default: 1.'),
})

const virtualService = z.strictObject({
  address: endpoint,
  protocol: z.enum(['TCP', 'UDP']).default('TCP').describe('Default: TCP.'),
  scheduler: z.enum(SCHEDULERS).describe('How connections are shared, by the name in ipvsadm(8).'),
  forwarding: z.enum(FORWARDING_METHODS).describe('How packets reach the real server.'),
  'persistence-timeout': z
    .int()
    .min(1, 'must be at least 1 s')
    .max(2678400, 'must be at most 31 days')
    .optional()
    .describe('Seconds that one client stays with its real server. Absent: no persistence.'),
  'real-servers': z.array(realServer).describe('Who does the work.'),
})

const claim = z.strictObject({
  id: z
    .string('must be text: "004-1"')
    .regex(/^[a-z0-9]+(-[a-z0-9]+)+$/, 'must be the document and the claim, "004-1"')
    .describe('The id that the claim keeps in tests and reports: "004-1".'),
  title: text.describe('What is claimed, in a sentence that a report can show.'),
  negative: z.boolean().default(false).describe('Claims that something does NOT work. Default: false.'),
  timed: z
    .boolean()
    .default(false)
    .describe('Its verdict depends on times, so that no other cluster may be busy beside it. Default: false.'),
  records: z
    .array(z.enum(['timeline'], 'must be "timeline"'))
    .default([])
    .describe('What it records besides figures: "timeline", the events of a failover. Found by run --grep.'),
  versions: z
    .strictObject({
      kernel: text.optional().describe('As run --kernel has it: "master=bookworm,backup=trixie".'),
      keepalived: text.optional().describe('As run --keepalived has it.'),
    })
    .optional()
    .describe('What its machines are made of where the run does not say. Default: the defaults.'),
})

export const topologySchema = z
  .strictObject({
    name: kebab('the name').describe('Name of the cluster in kebab-case, the name of its folder.'),
    title: text.describe('What it is, in one line.'),
    document: z
      .string('must be text: put the number in quotes, "004"')
      .regex(/^\d{3}$/, 'must be three digits in quotes: "004"')
      .optional()
      .describe('The document that it reproduces: "004".'),
    group: z
      .enum(TOPOLOGY_GROUPS)
      .optional()
      .describe('What stands apart from the documents: its claims are proven only when they, or the group, are named.'),
    notes: z.array(text).default([]).describe('What differs from the document, and why.'),
    networks: z
      .record(z.string(), network)
      .refine((all) => Object.keys(all).length > 0, 'needs at least one network')
      .describe('Layer-2 networks by name.'),
    nodes: z
      .record(z.string(), node)
      .refine((all) => Object.keys(all).length > 0, 'needs at least one node')
      .describe('Machines by name, which is also their host name.'),
    vips: z.array(vip).default([]).describe('Virtual IP addresses that move between directors.'),
    claims: z
      .array(claim)
      .default([])
      .describe('What is claimed of it; tests/documents, or the folder of its group there, proves each.'),
    'virtual-services': z.array(virtualService).default([]).describe('What IPVS offers, as ipvsadm(8) would list it.'),
  })
  .describe('One Linux Virtual Server cluster for lvslab.')

/** topology.yaml after the shape was checked and defaults were filled in. */
export type TopologyFile = z.output<typeof topologySchema>
export type NodeEntry = TopologyFile['nodes'][string]
export type VipEntry = TopologyFile['vips'][number]
export type VirtualServiceEntry = TopologyFile['virtual-services'][number]
