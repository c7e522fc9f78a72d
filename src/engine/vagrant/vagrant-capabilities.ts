import { demandCapabilities, type Capability } from '../capabilities.ts'

/**
 * What can be done through Vagrant and libvirt. Networks are bridges of the host's kernel: nothing is lost or delayed on
 * them, nobody counts by port what they carry, and what passes between two machines that are not watched is not seen. A
 * machine's clock is left alone, because what it captures carries that clock's time.
 */
export const VAGRANT_CAPABILITIES: ReadonlySet<Capability> = new Set<Capability>([
  'exec',
  'power',
  'reset',
  'freeze',
  'cable',
])

/** Rejects with the reason, as a claim's verdict "skip" has it: UsageError `LVSLAB_E_ENGINE_LACKS`. */
export async function refuse(needs: readonly Capability[], what: string): Promise<never> {
  demandCapabilities({ name: 'vagrant', capabilities: VAGRANT_CAPABILITIES }, needs, what)
  return Promise.reject(new TypeError(`the vagrant engine can ${what}, but does not`))
}
