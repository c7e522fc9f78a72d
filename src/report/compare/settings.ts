import type { RunRecord } from '../../run/record.ts'
import type { Setting } from './comparison.ts'

/** What runs are made with and on; each shapes what is measured. */
const SETTINGS: readonly (readonly [string, (run: RunRecord) => string])[] = [
  ['kernel under test', (run) => run.kernel],
  ['keepalived under test', (run) => run.keepalived],
  ['userland', (run) => run.userland],
  ['engine', (run) => run.engine],
  ['acceleration', ({ host }) => host.acceleration],
  ['processor', ({ host }) => host.cpu],
  ['cores', ({ host }) => String(host.cores)],
  // A few MiB more or less is the same machine.
  ['memory', ({ host }) => `${Math.round(host.memoryMiB / 512) / 2} GiB`],
  ['host kernel', ({ host }) => host.kernel],
  ['distribution', ({ host }) => host.distribution],
  ['QEMU', ({ host }) => host.qemu],
  ['Node', ({ host }) => host.node],
  ['lvslab', (run) => run.lvslab],
  ['cold boots', (run) => (run.command.includes('--cold') ? 'yes' : 'no')],
]

export function differingSettings(a: RunRecord, b: RunRecord): Setting[] {
  return SETTINGS.map(([name, of]) => ({ name, a: of(a), b: of(b) })).filter((setting) => setting.a !== setting.b)
}
