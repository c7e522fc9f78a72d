import type { Capability, EngineBoot, EngineCluster, EngineName, NodeVersions } from '../engine/engine.ts'
import type { Acceleration } from '../engine/vm/acceleration.ts'
import { VagrantCluster } from '../engine/vagrant/vagrant-cluster.ts'
import { prepareVagrantHost, versionsOfBox } from '../engine/vagrant/vagrant-host.ts'
import { VmCluster } from '../engine/vm/vm-cluster.ts'
import { prepareHost, versionsOf, type Named, type VmHost } from '../engine/vm/vm-host.ts'
import type { Progress } from '../image/index.ts'
import type { Topology } from '../topology/index.ts'
import type { Wishes } from './wishes.ts'

export interface LabUserland {
  readonly name: string
  readonly keepalived: string
  /** Beside it lies the list of its packages; a box has none. */
  readonly rootImage?: string
}

/** What every engine's machines run on, as records name it. */
export interface LabHost {
  readonly qemu: { readonly version: string }
  readonly acceleration: Acceleration
  readonly kernel: { readonly release: string }
  readonly userland: LabUserland
  /** Of machines that are no directors, where it is another. */
  readonly others?: LabUserland
  /** Nodes that were named for a version of their own, by what names them. */
  readonly namedKernels: readonly Named<{ readonly release: string }>[]
  readonly namedUserlands: readonly Named<{ readonly name: string; readonly keepalived: string }>[]
}

/** An engine, ready to boot. */
export interface LabEngine {
  readonly name: EngineName
  readonly capabilities: ReadonlySet<Capability>
  readonly host: LabHost
  /** Resolved versions of a topology's nodes, by their names. */
  versions(topology: Topology): ReadonlyMap<string, NodeVersions>
  boot(options: EngineBoot): Promise<EngineCluster>
  /** Builds what is missing for booting a topology, so that no claim is charged with it. */
  prepare(options: Omit<EngineBoot, 'mode'>): Promise<void>
  /** After the last claim of a run. */
  finish(): Promise<void>
}

export async function openVm(
  { kernel, keepalived }: Wishes,
  progress: Progress,
): Promise<LabEngine & { readonly host: VmHost }> {
  const host = await prepareHost({ kernel, userland: keepalived }, progress)
  return {
    ...{ name: 'vm', capabilities: VmCluster.capabilities, host },
    versions: (topology) => versionsOf(host, topology),
    boot: (options) => VmCluster.boot({ host, ...options }),
    prepare: (options) => VmCluster.prepare({ host, ...options }),
    finish: () => Promise.resolve(),
  }
}

export async function openVagrant(topology: Topology, progress: Progress): Promise<LabEngine> {
  const host = await prepareVagrantHost(topology, progress)
  return {
    ...{ name: 'vagrant', capabilities: VagrantCluster.capabilities },
    host: { ...host, namedKernels: [], namedUserlands: [] },
    versions: (topology) => versionsOfBox(host, topology),
    boot: (options) => VagrantCluster.boot({ host, ...options }),
    prepare: (options) => VagrantCluster.prepare({ host, ...options }),
    finish: () => VagrantCluster.putBack(host),
  }
}
