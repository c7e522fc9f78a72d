import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { PrerequisiteError } from '../../errors.ts'
import { projectRoot } from '../../host/paths.ts'
import { run } from '../../host/process.ts'
import type { Progress } from '../../image/index.ts'
import type { Topology } from '../../topology/index.ts'

/** Where Vagrant keeps what belongs to this folder's machines, as the user's own `vagrant` does. */
export function vagrantState(): string {
  return process.env['VAGRANT_DOTFILE_PATH'] ?? join(projectRoot, '.vagrant')
}

/**
 * Runs `vagrant` for a topology in the project's folder.
 *
 * @throws PrerequisiteError `LVSLAB_E_PROGRAM_MISSING`, InfrastructureError `LVSLAB_E_PROGRAM_FAILED` with what it said
 */
export async function vagrant(
  topology: Pick<Topology, 'name' | 'folder'>,
  args: readonly string[],
  { timeoutMs, progress }: { readonly timeoutMs: number; readonly progress?: Progress },
): Promise<string> {
  const { stdout } = await run('vagrant', args, {
    cwd: projectRoot,
    env: { LVSLAB_TOPOLOGY: topology.folder, VAGRANT_DEFAULT_PROVIDER: 'libvirt', VAGRANT_CHECKPOINT_DISABLE: '1' },
    timeoutMs,
    ...(progress === undefined ? {} : { onLine: (line: string) => progress(`vagrant ${args[0]}: ${line}`) }),
  })
  return stdout
}

/** @throws PrerequisiteError `LVSLAB_E_PROGRAM_MISSING` before anything is asked of them */
export function demandVagrant(): void {
  const missing = ['vagrant', 'virsh'].filter(
    (program) => !(process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program))),
  )
  if (missing.length === 0) return
  throw new PrerequisiteError('LVSLAB_E_PROGRAM_MISSING', `${missing.join(' and ')} not installed`, {
    tried: 'find what the vagrant engine needs',
    todo: 'bash scripts/setup.sh --with-vagrant',
  })
}
