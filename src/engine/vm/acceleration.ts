import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { release } from 'node:os'
import type { Kernel } from '../../image/index.ts'
import { hearKernel } from './bare-kernel.ts'
import { HOST_MEMORY, recall, remember } from './host-memory.ts'
import type { QemuBinary } from './qemu-binary.ts'

export interface Acceleration {
  readonly kind: 'kvm' | 'tcg'
  /** Why not KVM. */
  readonly reason?: string
}

/** A kernel under working KVM prints its first line within a tenth of this. */
const FIRST_LINE_TIMEOUT_MS = 5_000

/**
 * Whether machines can run under KVM. /dev/kvm may exist and be useless (nested virtualisation without the needed
 * registers), so a kernel is booted to its first line; the answer is remembered per host kernel, QEMU and guest kernel.
 * `LVSLAB_ACCEL=tcg` or `kvm` overrides.
 */
export async function probeAcceleration(qemu: QemuBinary, kernel: Kernel): Promise<Acceleration> {
  const wish = process.env['LVSLAB_ACCEL']
  if (wish === 'tcg') return { kind: 'tcg', reason: 'LVSLAB_ACCEL=tcg' }
  if (wish === 'kvm') return { kind: 'kvm' }
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK)
  } catch (error) {
    const missing = (error as { code?: string }).code === 'ENOENT'
    return { kind: 'tcg', reason: missing ? 'the host has no /dev/kvm' : '/dev/kvm may not be opened by this user' }
  }
  const key = `${release()} qemu ${qemu.version} guest ${kernel.release}`
  const known = await recall<Record<string, Acceleration>>(HOST_MEMORY.acceleration)
  const before = known?.[key]
  if (before) return before
  const answer = await bootToFirstLine(qemu, kernel)
  await remember(HOST_MEMORY.acceleration, { ...known, [key]: answer })
  return answer
}

async function bootToFirstLine(qemu: QemuBinary, kernel: Kernel): Promise<Acceleration> {
  const heard = await hearKernel(
    qemu,
    kernel,
    { accelerator: 'kvm', memoryMiB: 128, parameters: 'earlyprintk=serial', timeoutMs: FIRST_LINE_TIMEOUT_MS },
    (messages) => (messages.includes('Linux version') ? true : undefined),
  )
  if (heard.told !== undefined) return { kind: 'kvm' }
  const reason =
    heard.ended === undefined
      ? `/dev/kvm is there, but a kernel printed nothing within ${FIRST_LINE_TIMEOUT_MS / 1000} s`
      : `/dev/kvm is there, but QEMU ended: ${heard.ended}`
  return { kind: 'tcg', reason }
}
