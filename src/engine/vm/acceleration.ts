import { constants } from 'node:fs'
import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import type { Kernel } from '../../image/index.ts'
import { cacheDir, removeScratchDir, scratchDir } from '../../host/paths.ts'
import { QemuProcess } from './qemu-process.ts'
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
  const memory = join(cacheDir(), 'acceleration.json')
  const key = `${release()} qemu ${qemu.version} guest ${kernel.release}`
  const known = await remembered(memory)
  const before = known[key]
  if (before) return before
  const answer = await bootToFirstLine(qemu, kernel)
  await mkdir(cacheDir(), { recursive: true })
  await writeFile(`${memory}.${process.pid}`, JSON.stringify({ ...known, [key]: answer }, null, 2))
  await rename(`${memory}.${process.pid}`, memory)
  return answer
}

async function remembered(path: string): Promise<Record<string, Acceleration>> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Record<string, Acceleration>
  } catch {
    return {}
  }
}

async function bootToFirstLine(qemu: QemuBinary, kernel: Kernel): Promise<Acceleration> {
  const directory = await scratchDir('probe')
  const consolePath = join(directory, 'console')
  const process = QemuProcess.start(qemu, [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35', '-accel', 'kvm', '-cpu', 'host'],
    ...['-m', '128', '-kernel', kernel.vmlinuz, '-append', 'console=ttyS0 earlyprintk=serial'],
    ...['-serial', `file:${consolePath}`, '-no-reboot'],
  ])
  try {
    const deadline = performance.now() + FIRST_LINE_TIMEOUT_MS
    while (performance.now() < deadline && process.running) {
      const text = await readFile(consolePath, 'latin1').catch(() => '')
      if (text.includes('Linux version')) return { kind: 'kvm' }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const reason = process.running
      ? `/dev/kvm is there, but a kernel printed nothing within ${FIRST_LINE_TIMEOUT_MS / 1000} s`
      : `/dev/kvm is there, but QEMU ended: ${process.lastWords()}`
    return { kind: 'tcg', reason }
  } finally {
    await process.kill()
    await removeScratchDir(directory)
  }
}
