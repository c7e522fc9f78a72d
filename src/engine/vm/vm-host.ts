import { ensureKernel, ensureUserland, type Kernel, type Progress, type Userland } from '../../image/index.ts'
import { probeAcceleration, type Acceleration } from './acceleration.ts'
import { findQemu, type QemuBinary } from './qemu-binary.ts'

/** What all machines of a run have in common. */
export interface VmHost {
  readonly qemu: QemuBinary
  readonly kernel: Kernel
  readonly userland: Userland
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
  return { qemu, kernel, userland, acceleration }
}
