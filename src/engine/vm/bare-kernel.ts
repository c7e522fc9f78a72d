import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { removeScratchDir, scratchDir } from '../../host/paths.ts'
import type { Kernel } from '../../image/index.ts'
import type { QemuBinary } from './qemu-binary.ts'
import { QemuProcess } from './qemu-process.ts'

const LOOK_MS = 50

/** What a kernel's messages told, or how it was with its QEMU when they had told nothing in time. */
export type Heard<T> = { readonly told: T } | { readonly told: undefined; readonly ended: string | undefined }

/**
 * Boots a kernel alone, without disk, network and user space, and reads its messages until they tell something.
 *
 * @param tell - what all messages until now tell; undefined: not yet
 */
export async function hearKernel<T>(
  qemu: QemuBinary,
  kernel: Kernel,
  options: {
    readonly accelerator: 'kvm' | 'tcg'
    readonly memoryMiB: number
    readonly parameters: string
    readonly timeoutMs: number
  },
  tell: (messages: string) => T | undefined,
): Promise<Heard<T>> {
  const { accelerator, memoryMiB, parameters, timeoutMs } = options
  const directory = await scratchDir('probe')
  const consolePath = join(directory, 'console')
  const process = QemuProcess.start(qemu, [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35'],
    ...['-accel', accelerator, '-cpu', accelerator === 'kvm' ? 'host' : 'max', '-m', `${memoryMiB}`],
    ...['-kernel', kernel.vmlinuz, '-append', `console=ttyS0 ${parameters}`],
    ...['-serial', `file:${consolePath}`, '-no-reboot'],
  ])
  try {
    const deadline = performance.now() + timeoutMs
    while (performance.now() < deadline && process.running) {
      const told = tell(await readFile(consolePath, 'latin1').catch(() => ''))
      if (told !== undefined) return { told }
      await pause(LOOK_MS)
    }
    return { told: undefined, ended: process.running ? undefined : process.lastWords() }
  } finally {
    await process.kill()
    await removeScratchDir(directory)
  }
}
