/**
 * A topology after reading and checking: plain data, every reference resolved. All other modules take their facts about
 * a cluster from here.
 */
export interface Topology {
  /** kebab-case, unique: "dr-vrrp". */
  readonly name: string
  readonly title: string
  /** The document it reproduces: "004". */
  readonly document?: string
  /** The group that it stands apart in; absent: one of the documents', or a person's own. */
  readonly group?: TopologyGroup
  /** What differs from the document, and why. */
  readonly notes: readonly string[]
  /** Absolute path of the folder that holds topology.yaml. */
  readonly folder: string
  readonly networks: readonly Network[]
  readonly nodes: readonly NodeSpec[]
  readonly vips: readonly Vip[]
  readonly virtualServices: readonly VirtualService[]
  /** What its document claims of it. */
  readonly claims: readonly Claim[]
}

/** Known regressions of keepalived and of the kernel: red where a version has one. */
export type TopologyGroup = 'regressions' | 'versions'

export interface Claim {
  /** Document and number: "004-1"; of a group, its prefix and whatever tells: "reg-keepalived-1757". */
  readonly id: string
  readonly title: string
  /** Claims that something does NOT work. */
  readonly negative: boolean
  /** Its verdict depends on times: no other cluster of ours may be busy beside it. */
  readonly timed: boolean
  /** What it leaves in the run record besides figures; a run fails a claim that does not, or that does without saying so. */
  readonly records: readonly 'timeline'[]
  /** What its machines are made of where the run does not say, as --kernel and --keepalived have it. */
  readonly versions?: { readonly kernel?: string | undefined; readonly keepalived?: string | undefined } | undefined
}

export interface Network {
  readonly name: string
  /** IPv4 "192.168.88.0/24". */
  readonly cidr: string
  readonly kind: 'switch' | 'hub'
}

export type Role = 'director' | 'real-server' | 'web' | 'ftp-server' | 'nfs-server' | 'router' | 'heartbeat' | 'client'

export interface NodeSpec {
  readonly name: string
  readonly roles: readonly Role[]
  readonly interfaces: readonly Interface[]
  /** IPv4 default gateway, if any. */
  readonly gateway?: string
  /** Where packets to other networks go: the block, and the next hop. */
  readonly routes: readonly { readonly to: string; readonly via: string }[]
  /** Addresses with prefix that the node carries on its lo ("192.168.88.100/32"): the VIPs of a DR real server. */
  readonly loopback: readonly string[]
  /** Addresses with prefix on tunl0, where IP-in-IP packets come out: the VIPs of a TUN real server. */
  readonly tunnel: readonly string[]
  /** sysctl settings, name with dots. */
  readonly sysctls: Readonly<Record<string, string>>
  /** Files put into the machine: absolute path in the guest, absolute path on the host, octal mode. */
  readonly files: readonly { readonly guestPath: string; readonly hostPath: string; readonly mode: string }[]
  /** NFS file systems, mounted before the services start: "192.168.100.11:/opt/web1", where, mount(8)'s options. */
  readonly mounts: readonly { readonly from: string; readonly at: string; readonly options: string }[]
  /** systemd units started by provisioning, in order. */
  readonly services: readonly string[]
  /** Scripts of the node's own files that are run when its services are up, in order; a reboot does not run them. */
  readonly scripts: readonly string[]
  readonly memoryMiB: number
}

export interface Interface {
  /** As the document has it: "eth1", "ens33". */
  readonly name: string
  readonly network: string
  /** With prefix: "192.168.88.8/24". */
  readonly address: string
  /** Further addresses with prefix. */
  readonly aliases: readonly string[]
  /** Derived, stable, unique within a cluster, locally administered: "02:…". */
  readonly mac: string
}

export interface Vip {
  /** Without prefix: "192.168.88.100". */
  readonly address: string
  readonly prefix: number
  readonly network: string
  /** Interface name on the directors. */
  readonly interface: string
  /** Nodes that may own it (directors), in order of preference (priority, highest first). */
  readonly candidates: readonly string[]
}

export type Forwarding = 'DR' | 'NAT' | 'TUN'

export interface VirtualService {
  readonly address: string
  readonly port: number
  readonly protocol: 'TCP' | 'UDP'
  /** ipvsadm's name: "rr", "wlc". */
  readonly scheduler: string
  readonly forwarding: Forwarding
  /** Seconds; absent: no persistence. */
  readonly persistenceTimeoutS?: number
  readonly realServers: readonly RealServer[]
}

export interface RealServer {
  readonly node: string
  readonly address: string
  readonly port: number
  readonly weight: number
}
