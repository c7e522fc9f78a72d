import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Lab } from '../../cluster/index.ts'
import { hostRecord } from '../../host/host-record.ts'
import { projectRoot } from '../../host/paths.ts'
import { run } from '../../host/process.ts'
import { version } from '../../host/version.ts'

export const VERSIONS = 'versions.json'

const GIT_TIMEOUT_MS = 5_000

/**
 * What lvslab, the host and the images were, into the claim's folder. What runs in a machine says its version itself, in
 * the machine's versions.txt.
 *
 * @throws NodeJS.ErrnoException when it cannot be written
 */
export async function writeVersions(host: Lab['host'], directory: string): Promise<void> {
  const { kernel, userland, others } = host
  const versions = {
    lvslab: { version, ...(await commitOf(projectRoot)) },
    host: await hostRecord(host),
    kernel: kernel.release,
    directors: await madeOf(userland),
    ...(others === undefined ? {} : { others: await madeOf(others) }),
  }
  await writeFile(join(directory, VERSIONS), `${JSON.stringify(versions, null, 2)}\n`)
}

/** Packages that a claim's outcome may depend on. */
const PACKAGES =
  /^(keepalived|nginx|curl|ipvsadm|iproute2|iptables|heartbeat|ldirectord|systemd|iputils-arping|nfs-kernel-server|nfs-common|vsftpd|libc6)$/

/** A userland, by the list of packages that was written beside it when it was built. */
async function madeOf({ name, rootImage }: Lab['host']['userland']): Promise<object> {
  if (rootImage === undefined) return { userland: name }
  const list = await readFile(join(dirname(rootImage), 'packages'), 'utf8').catch(() => '')
  const all = list.split('\n').map((line) => line.split(' '))
  const own = all.flatMap(([one = '', version = '']): [string, string][] =>
    version !== '' && PACKAGES.test(one) ? [[one, version]] : [],
  )
  return { userland: name, packages: Object.fromEntries(own) }
}

/** The commit of a folder that git keeps, and whether it was changed since; nothing for any other. */
export async function commitOf(folder: string): Promise<{ readonly commit?: string; readonly modified?: boolean }> {
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['-C', folder, ...args], { timeoutMs: GIT_TIMEOUT_MS })).stdout.trim()
  try {
    return {
      commit: await git('rev-parse', 'HEAD'),
      modified: (await git('status', '--porcelain', '--untracked-files=no')) !== '',
    }
  } catch {
    return {}
  }
}
