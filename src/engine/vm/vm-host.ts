import { ensureKernel, ensureUserland, type Kernel, type Progress, type Userland } from '../../image/index.ts'
import type { NodeSpec } from '../../topology/index.ts'
import { probeAcceleration, type Acceleration } from './acceleration.ts'
import { findQemu, type QemuBinary } from './qemu-binary.ts'

/** What all machines of a run have in common. */
export interface VmHost {
  readonly qemu: QemuBinary
  readonly kernel: Kernel
  /** The directors' userland: with it comes the keepalived under test. */
  readonly userland: Userland
  /** Everybody else's: what asks and answers stays the same, whatever keepalived is under test. */
  readonly others: Userland
  readonly acceleration: Acceleration
}

/** A machine at rest in the cache: memory, devices' state, disk. */
export interface SavedMachine {
  readonly memoryPath: string
  readonly statePath: string
  /** An empty overlay over the saved disk, to be copied. */
  readonly clonePath: string
}

/** Finds QEMU, gets kernel and userland (building what the cache lacks) and probes the acceleration. */
export async function prepareHost(
  wish: { readonly kernel?: string | undefined; readonly userland?: string | undefined },
  progress: Progress,
): Promise<VmHost> {
  const qemu = await findQemu()
  const kernel = await ensureKernel(wish.kernel, progress)
  const [userland, acceleration] = await Promise.all([
    ensureUserland(wish.userland, progress),
    probeAcceleration(qemu, kernel),
  ])
  const others = wish.userland === undefined ? userland : await ensureUserland(undefined, progress)
  return { qemu, kernel, userland, others, acceleration }
}

/** What a node is made with. */
export function hostFor(host: VmHost, { roles }: Pick<NodeSpec, 'roles'>): VmHost {
  return roles.includes('director') ? host : { ...host, userland: host.others }
}
