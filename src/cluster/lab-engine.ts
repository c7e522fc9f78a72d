import type { BootMode, Capability, EngineCluster, EngineName } from '../engine/engine.ts'
import type { Acceleration } from '../engine/vm/acceleration.ts'
import { VagrantCluster } from '../engine/vagrant/vagrant-cluster.ts'
import { prepareVagrantHost, type VagrantHost } from '../engine/vagrant/vagrant-host.ts'
import { VmCluster } from '../engine/vm/vm-cluster.ts'
import { prepareHost, type VmHost } from '../engine/vm/vm-host.ts'
import type { Progress } from '../image/index.ts'
import type { Topology } from '../topology/index.ts'

/** What every engine's machines run on, as records name it. */
export interface LabHost {
  readonly qemu: { readonly version: string }
  readonly acceleration: Acceleration
  readonly kernel: { readonly release: string }
  readonly userland: { readonly name: string; readonly keepalived: string }
}

export interface EngineBoot {
  readonly topology: Topology
  readonly mode: BootMode
  readonly evidenceDir: string
  readonly progress: Progress
  readonly untilReady: (cluster: EngineCluster) => Promise<void>
  readonly startServices?: boolean
}

/** An engine, ready to boot. */
export interface LabEngine {
  readonly name: EngineName
  readonly capabilities: ReadonlySet<Capability>
  readonly host: LabHost
  boot(options: EngineBoot): Promise<EngineCluster>
  /** Builds what is missing for booting a topology, so that no claim is charged with it. */
  prepare(options: Omit<EngineBoot, 'mode'>): Promise<void>
  /** After the last claim of a run. */
  finish(): Promise<void>
}

export interface EngineWish {
  readonly kernel?: string | undefined
  readonly userland?: string | undefined
}

export async function openVm(wish: EngineWish, progress: Progress): Promise<LabEngine & { readonly host: VmHost }> {
  const host = await prepareHost(wish, progress)
  return {
    ...{ name: 'vm', capabilities: VmCluster.capabilities, host },
    boot: (options) => VmCluster.boot({ host, ...options }),
    prepare: (options) => VmCluster.prepare({ host, ...options }),
    finish: () => Promise.resolve(),
  }
}

export async function openVagrant(
  topology: Topology,
  progress: Progress,
): Promise<LabEngine & { readonly host: VagrantHost }> {
  const host = await prepareVagrantHost(topology, progress)
  return {
    ...{ name: 'vagrant', capabilities: VagrantCluster.capabilities, host },
    boot: (options) => VagrantCluster.boot({ host, ...options }),
    prepare: (options) => VagrantCluster.prepare({ host, ...options }),
    finish: () => VagrantCluster.putBack(host),
  }
}
