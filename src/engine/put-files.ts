import { InfrastructureError } from '../errors.ts'
import type { GuestFile, Machine } from './engine.ts'
import { guestArchive } from './guest-archive.ts'

/**
 * Writes files on a machine, all in one command.
 *
 * @throws InfrastructureError `LVSLAB_E_GUEST_FILES`
 */
export async function putFiles(machine: Pick<Machine, 'name' | 'exec'>, files: readonly GuestFile[]): Promise<void> {
  const { exitCode, stderr } = await machine.exec('tar -x -f - -C / --no-same-owner', {
    input: await guestArchive(files),
  })
  if (exitCode === 0) return
  throw new InfrastructureError('LVSLAB_E_GUEST_FILES', `files could not be written on ${machine.name}`, {
    tried: files.map(({ path }) => path).join(', '),
    seen: stderr,
  })
}
