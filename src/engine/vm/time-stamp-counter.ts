import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import type { Kernel } from '../../image/index.ts'
import type { Acceleration } from './acceleration.ts'
import { hearKernel } from './bare-kernel.ts'
import { HOST_MEMORY, recall, remember } from './host-memory.ts'
import type { QemuBinary } from './qemu-binary.ts'

/** How often a kernel is asked: on a host whose processors were all taken, one in eight found no answer. */
const TRIES = 5
/** A kernel that boots alone says it within a quarter of this, ms. */
const ANSWER_TIMEOUT_MS = 20_000
/** It waits for a root file system which will never be there, instead of a panic. */
const PARAMETERS = 'tsc=reliable root=/dev/nosuch rootwait'
/** What a kernel says once it goes by the counter, after it has measured it again or given that up. */
const SETTLED = /clocksource: tsc: mask/

/** What is remembered of it. */
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
 * be many times too low, and its clock goes as many times too fast as long as it runs: 12 of 100 did so by a factor of 3
 * to 9, five at a time beside four busy processes on two processors, and one in a run by a factor of 66 (kernel 6.1, arch/x86/kernel/tsc.c, pit_hpet_ptimer_calibrate_cpu).
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
  const host = await hostSinceBoot()
  const known = await recall<Remembered>(HOST_MEMORY.counter)
  if (known?.host === host) return known.kHz
  let kHz: number | undefined
  const options = { accelerator: kind, memoryMiB: 192, parameters: PARAMETERS, timeoutMs: ANSWER_TIMEOUT_MS }
  for (let count = 0; kHz === undefined && count < TRIES; count++) {
    kHz = (await hearKernel(qemu, kernel, options, settledFrequency)).told ?? undefined
  }
  await remember(HOST_MEMORY.counter, { host, kHz } satisfies Remembered)
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

/** What a kernel is believed, kHz; null: nothing, as it has settled for what it measured first; undefined: not yet. */
function settledFrequency(messages: string): number | null | undefined {
  return refinedFrequency(messages) ?? (SETTLED.test(messages) ? null : undefined)
}
