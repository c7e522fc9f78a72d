import { readFile } from 'node:fs/promises'
import { cpus, release, totalmem, availableParallelism } from 'node:os'

/** What of the host shapes a measurement. */
export interface HostFacts {
  /** Processors that this process may use. */
  readonly cores: number
  readonly memoryMiB: number
  /** "AMD EPYC 7763 64-Core Processor". */
  readonly cpu: string
  /** As uname -r has it. */
  readonly kernel: string
  /** PRETTY_NAME of os-release(5): "Debian GNU/Linux 12 (bookworm)". */
  readonly distribution: string
  /** "20.11.0". */
  readonly node: string
}

/** As much of the vm engine's host as the record names; the engine's own type would be an import upwards. */
export interface MachineHost {
  readonly qemu: { readonly version: string }
  readonly acceleration: { readonly kind: 'kvm' | 'tcg'; readonly reason?: string }
}

/** {@link HostFacts} and what machines run on: the run record's `host`. */
export interface HostRecord extends HostFacts {
  readonly acceleration: 'kvm' | 'tcg'
  /** Why not KVM, when not. */
  readonly accelerationReason?: string
  /** "7.2.22". */
  readonly qemu: string
}

export async function hostFacts(): Promise<HostFacts> {
  return {
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    cpu: cpus()[0]?.model.trim() || 'unknown',
    kernel: release(),
    distribution: await distribution(),
    node: process.versions.node,
  }
}

export async function hostRecord({ qemu, acceleration }: MachineHost): Promise<HostRecord> {
  return {
    ...(await hostFacts()),
    acceleration: acceleration.kind,
    ...(acceleration.reason === undefined ? {} : { accelerationReason: acceleration.reason }),
    qemu: qemu.version,
  }
}

/** os-release(5) names two places, in this order. */
async function distribution(): Promise<string> {
  for (const path of ['/etc/os-release', '/usr/lib/os-release']) {
    const text = await readFile(path, 'utf8').catch(() => '')
    const name = prettyName(text)
    if (name !== undefined) return name
  }
  return 'unknown'
}

/** PRETTY_NAME, without the quotes that a shell would take off. */
export function prettyName(osRelease: string): string | undefined {
  return /^PRETTY_NAME=(["']?)(.*)\1\s*$/m.exec(osRelease)?.[2]
}
