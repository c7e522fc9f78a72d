import { PrerequisiteError } from '../../errors.ts'
import { run } from '../../host/process.ts'

/** `-netdev stream`, which the fabric speaks, came with QEMU 7.2. */
const OLDEST_QEMU = [7, 2] as const

export interface QemuBinary {
  readonly path: string
  /** "7.2.22". */
  readonly version: string
}

/**
 * The QEMU to use: `LVSLAB_QEMU`, or qemu-system-x86_64.
 *
 * @throws PrerequisiteError `LVSLAB_E_QEMU_TOO_OLD`, `LVSLAB_E_PROGRAM_MISSING`
 */
export async function findQemu(): Promise<QemuBinary> {
  const path = process.env['LVSLAB_QEMU'] ?? 'qemu-system-x86_64'
  const { stdout } = await run(path, ['--version'], { timeoutMs: 10_000 })
  const version = /version (\d+\.\d+(\.\d+)?)/.exec(stdout)?.[1]
  const [major = 0, minor = 0] = (version ?? '0').split('.').map(Number)
  if (major > OLDEST_QEMU[0] || (major === OLDEST_QEMU[0] && minor >= OLDEST_QEMU[1]))
    return { path, version: version! }
  throw new PrerequisiteError('LVSLAB_E_QEMU_TOO_OLD', `QEMU is too old`, {
    tried: `${path} --version`,
    seen: stdout.split('\n')[0] ?? 'no version',
    todo: `install QEMU ${OLDEST_QEMU.join('.')} or later (Debian 12 has it), or name another one in LVSLAB_QEMU`,
  })
}
