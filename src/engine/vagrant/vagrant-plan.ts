import { planBox, readCatalog, type Progress } from '../../image/index.ts'
import { withoutPrefix, type NodeSpec, type Topology } from '../../topology/index.ts'
import { probeAcceleration } from '../vm/acceleration.ts'
import { findQemu } from '../vm/qemu-binary.ts'
import { provisioningScript } from './provisioning-script.ts'

/** What the Vagrantfile is told: everything that it knows of a cluster. */
export interface VagrantPlan {
  readonly schema: 'lvslab.vagrant/1'
  readonly topology: string
  readonly title: string
  readonly acceleration: 'kvm' | 'tcg'
  readonly box: { readonly name: string; readonly path: string }
  readonly machines: readonly PlannedMachine[]
}

export interface PlannedMachine {
  readonly name: string
  readonly memoryMiB: number
  readonly nics: readonly PlannedNic[]
  /** A shell script that makes the machine this node. */
  readonly provision: string
}

export interface PlannedNic {
  /** Name of the network, unique among the host's: "lvslab-dr-vrrp-lan". */
  readonly network: string
  readonly ip: string
  readonly netmask: string
  /** Twelve digits without colons, as Vagrant wants it. */
  readonly mac: string
}

/** {@link vagrantPlan} for this host: its acceleration is probed, or remembered; the box is named, but not built. */
export async function planForHost(
  topology: Topology,
  { stock, progress }: { readonly stock: boolean; readonly progress: Progress },
): Promise<VagrantPlan> {
  const { name, path, kernel } = await planBox(progress)
  const { kind } = await probeAcceleration(await findQemu(), kernel)
  return vagrantPlan(topology, { acceleration: kind, box: { name, path }, stock })
}

/** A topology as the Vagrantfile needs it; `stock`: for a box that has none of the packages. */
export async function vagrantPlan(
  topology: Topology,
  host: Pick<VagrantPlan, 'acceleration' | 'box'> & { readonly stock: boolean },
): Promise<VagrantPlan> {
  const packages = host.stock ? (await readCatalog()).packages : []
  return {
    schema: 'lvslab.vagrant/1',
    topology: topology.name,
    title: topology.title,
    acceleration: host.acceleration,
    box: host.box,
    machines: await Promise.all(topology.nodes.map((node) => planMachine(topology, node, packages))),
  }
}

async function planMachine(topology: Topology, node: NodeSpec, packages: readonly string[]): Promise<PlannedMachine> {
  return {
    name: node.name,
    memoryMiB: node.memoryMiB,
    nics: node.interfaces.map(({ network, address, mac }) => ({
      network: `lvslab-${topology.name}-${network}`,
      ip: withoutPrefix(address),
      netmask: netmaskOf(address),
      mac: mac.replaceAll(':', ''),
    })),
    provision: await provisioningScript(topology, node, packages),
  }
}

/** "255.255.255.0" of "192.168.88.8/24". */
export function netmaskOf(address: string): string {
  const bits = Number(address.split('/')[1])
  const mask = bits === 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 255).join('.')
}
