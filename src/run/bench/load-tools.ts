import { realpath, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { PrerequisiteError } from '../../errors.ts'
import { run } from '../../host/process.ts'
import type { NodeSpec } from '../../topology/index.ts'
import { LOAD_FOLDER, WRK_SCRIPT } from './wrk.ts'

type GuestFiles = NodeSpec['files']

/**
 * The host's own wrk with all libraries that it needs, the loader too, so that it runs whatever the machine's userland is:
 * no userland is built anew for it.
 *
 * @param directory - for what is written
 * @throws PrerequisiteError `LVSLAB_E_WRK_MISSING`
 */
export async function loadTools(directory: string): Promise<GuestFiles> {
  const program = '/usr/bin/wrk'
  const { stdout } = await run('ldd', [program], { timeoutMs: 10_000 }).catch((cause: unknown) => {
    throw new PrerequisiteError('LVSLAB_E_WRK_MISSING', 'the load generator wrk is not installed', {
      tried: `ldd ${program}`,
      todo: 'apt-get install --no-install-recommends wrk (scripts/setup.sh does)',
      cause,
    })
  })
  const script = join(directory, 'bench.lua')
  await writeFile(script, WRK_SCRIPT)
  const libraries = await Promise.all(
    librariesIn(stdout).map(async (path) => ({ path, name: isLoader(path) ? 'ld.so' : basename(path) })),
  )
  const files = [{ path: program, name: 'wrk' }, { path: script, name: 'bench.lua' }, ...libraries]
  return Promise.all(
    files.map(async ({ path, name }) => ({
      ...{ guestPath: `${LOAD_FOLDER}/${name}`, hostPath: await realpath(path), mode: '0755' },
    })),
  )
}

/** Paths in ldd(1)'s report; the vdso has none. */
export function librariesIn(ldd: string): string[] {
  return [...ldd.matchAll(/(?:=> )?(\/\S+) \(0x[\da-f]+\)/g)].map(([, path]) => path!)
}

function isLoader(path: string): boolean {
  return basename(path).startsWith('ld-linux')
}
