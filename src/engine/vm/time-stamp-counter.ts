import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { cacheDir, removeScratchDir, scratchDir } from '../../host/paths.ts'
import type { Kernel } from '../../image/index.ts'
import type { Acceleration } from './acceleration.ts'
import type { QemuBinary } from './qemu-binary.ts'
import { QemuProcess } from './qemu-process.ts'

/** How often a kernel is asked: on a host whose processors were all taken, one in eight found no answer. */
const TRIES = 5
/** A kernel that boots alone says it within a quarter of this, ms. */
const ANSWER_TIMEOUT_MS = 20_000
const PERIOD_MS = 50
/** The last words of a kernel that has been told of a root file system which will never be there, and waits for it. */
const WAITING = 'Waiting for root device'
/** What is measured over a second is there this long after, at the latest, ms. */
const REFINED_WITHIN_MS = 4_000

/** Where it is remembered, in the cache. */
export const COUNTER_FILE = 'time-stamp-counter.json'

/** Its content. */
export interface Remembered {
  readonly host: string
  /** None: it was asked for, and there is none to be relied on. */
  readonly kHz?: number | undefined
}

/**
 * The frequency of the time-stamp counter that emulated machines read, kHz: the host's own. Undefined under KVM, whose
 * machines are told the time (kvm-clock), and where the counter has no frequency to be relied on.
 *
 * A kernel measures it when it boots, in some milliseconds. If the host lets its machine wait in these, what it finds may
 * be many times too low, and its clock goes as many times too fast as long as it runs: 12 of 100 did so while both
 * processors were busy, the worst by a factor of 66 (kernel 6.1, arch/x86/kernel/tsc.c, pit_hpet_ptimer_calibrate_cpu).
 * So one kernel is asked beforehand, and the others are told (`tsc_early_khz`). It is believed when it has measured again
 * over a whole second and said so, which it does when the two agree to 1 % (tsc_refine_calibration_work).
 *
 * Remembered until the host boots again.
 */
export async function counterFrequency(
  qemu: QemuBinary,
  kernel: Kernel,
  { kind }: Acceleration,
): Promise<number | undefined> {
  if (kind === 'kvm') return undefined
  const memory = join(cacheDir(), COUNTER_FILE)
  const host = await hostSinceBoot()
  const known = await remembered(memory)
  if (known?.host === host) return known.kHz
  let kHz: number | undefined
  for (let count = 0; kHz === undefined && count < TRIES; count++) kHz = await ask(qemu, kernel)
  await mkdir(cacheDir(), { recursive: true })
  await writeFile(`${memory}.${process.pid}`, JSON.stringify({ host, kHz } satisfies Remembered))
  await rename(`${memory}.${process.pid}`, memory)
  return kHz
}

/** What the frequency is remembered for. */
export async function hostSinceBoot(): Promise<string> {
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
  return `${cpus()[0]?.model ?? 'unknown processor'}, boot ${bootId.trim()}`
}

/** Kernel parameters by which a machine keeps the right time. `frequencyKHz`: see {@link counterFrequency}. */
export function timeParameters({ kind }: Acceleration, frequencyKHz: number | undefined): string {
  if (kind === 'kvm') return 'tsc=reliable'
  // The HPET is slower to read, and right.
  if (frequencyKHz === undefined) return 'tsc=unstable'
  return `tsc=reliable tsc_early_khz=${frequencyKHz}`
}

/** What a kernel's messages say of the counter's frequency, kHz, once it has measured it twice. */
export function refinedFrequency(messages: string): number | undefined {
  const megahertz = /tsc: Refined TSC clocksource calibration: (\d+\.\d+) MHz/.exec(messages)?.[1]
  return megahertz === undefined ? undefined : Math.round(Number(megahertz) * 1000)
}

async function remembered(path: string): Promise<Remembered | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Remembered
  } catch {
    return undefined
  }
}

async function ask(qemu: QemuBinary, kernel: Kernel): Promise<number | undefined> {
  const directory = await scratchDir('counter')
  const consolePath = join(directory, 'console')
  const process = QemuProcess.start(qemu, [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-machine', 'q35', '-accel', 'tcg', '-cpu', 'max'],
    ...['-m', '192', '-kernel', kernel.vmlinuz, '-append', 'console=ttyS0 tsc=reliable root=/dev/nosuch rootwait'],
    ...['-serial', `file:${consolePath}`, '-no-reboot'],
  ])
  try {
    let until = performance.now() + ANSWER_TIMEOUT_MS
    let waiting = false
    while (performance.now() < until && process.running) {
      const messages = await readFile(consolePath, 'latin1').catch(() => '')
      const kHz = refinedFrequency(messages)
      if (kHz !== undefined) return kHz
      if (!waiting && messages.includes(WAITING)) {
        waiting = true
        until = performance.now() + REFINED_WITHIN_MS
      }
      await new Promise((resolve) => setTimeout(resolve, PERIOD_MS))
    }
    return undefined
  } finally {
    await process.kill()
    await removeScratchDir(directory)
  }
}
