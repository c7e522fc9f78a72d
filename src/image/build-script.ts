import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfrastructureError, LvslabError } from '../errors.ts'
import { projectRoot } from '../host/paths.ts'
import { run, lastLines } from '../host/process.ts'
import type { Progress } from './cache.ts'

const BUILD_TIMEOUT_MS = 15 * 60_000

export const provisionFile = (name: string): string => join(projectRoot, 'provision', 'image', name)
export const textOf = (name: string): Promise<string> => readFile(provisionFile(name), 'utf8')

/** The mirror that the user names, as the scripts' last argument; mmdebstrap knows one without it. */
export function mirror(): string[] {
  const own = process.env['LVSLAB_MIRROR']
  return own === undefined || own === '' ? [] : [own]
}

/** Whether an index past its date is good enough for the user: some mirrors lag behind with sid. */
export function staleAllowed(): boolean {
  return (process.env['LVSLAB_ALLOW_STALE'] ?? '') !== ''
}

/**
 * An ordinary user builds as root of a user namespace in which the user's own id is root's (unshare(1), subuid(5)).
 * mmdebstrap's own unshare mode maps root to a subordinate id instead, which may not enter a home folder of mode 0700,
 * and so neither cache nor checkout.
 */
const AS_MAPPED_ROOT = ['unshare', '--user', '--map-root-user', '--map-auto', '--mount', '--'] as const

/** What root mounts for a build must go with it even when it is killed: only a mount namespace of its own sees to that. */
const OWN_MOUNTS = ['unshare', '--mount', '--'] as const

async function namespaces(): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return AS_MAPPED_ROOT
  const [file, ...args] = OWN_MOUNTS
  // Root of a container may not: then nothing that is built can mount either.
  return run(file, [...args, 'true'], { timeoutMs: 5_000 }).then(
    () => OWN_MOUNTS,
    () => [],
  )
}

/**
 * Runs one of provision/image's scripts, and tells its steps.
 *
 * @throws InfrastructureError `LVSLAB_E_MIRROR_UNREACHABLE`, `LVSLAB_E_INDEX_STALE`, `LVSLAB_E_PACKAGE_UNKNOWN`,
 * `LVSLAB_E_PROGRAM_FAILED`
 */
export async function buildWith(
  script: string,
  args: readonly string[],
  label: string,
  directory: string,
  progress: Progress,
): Promise<void> {
  try {
    const [file, ...rest] = [...(await namespaces()), provisionFile(script), ...args]
    await run(file!, rest, {
      timeoutMs: BUILD_TIMEOUT_MS,
      env: { TMPDIR: directory, ...(staleAllowed() ? { LVSLAB_ALLOW_STALE: '1' } : {}) },
      onLine: (line) => {
        const step = /^I: (running|installing|extracting|downloading|creating|cleaning)\b.*/.exec(line)?.[0]
        if (step !== undefined) progress(`${label}: ${step.slice(3, 90)}`)
      },
    })
  } catch (error) {
    throw mirrorError(error, label) ?? error
  }
}

function mirrorError(error: unknown, label: string): Error | undefined {
  if (!(error instanceof LvslabError)) return undefined
  const text = (error.cause as { stderr?: string } | undefined)?.stderr ?? error.seen ?? ''
  const stale = /^.*Release file for (\S+\/)?(\S+)\/InRelease is (expired|not valid).*$/m.exec(text)
  if (stale) {
    return new InfrastructureError('LVSLAB_E_INDEX_STALE', `the mirror's index of ${stale[2]!} is past its date`, {
      tried: error.tried ?? label,
      seen: /\(.*\)/.exec(stale[0])?.[0] ?? 'Valid-Until has passed',
      todo: 'wait for the mirror, name another in LVSLAB_MIRROR, or take it as it is with LVSLAB_ALLOW_STALE=1',
      cause: error,
    })
  }
  const missing = /Unable to locate package (\S+)|Version '([^']+)' for '([^']+)' was not found/.exec(text)
  if (missing) {
    return new InfrastructureError(
      'LVSLAB_E_PACKAGE_UNKNOWN',
      `the mirror has no ${missing[1] ?? `${missing[3]!} ${missing[2]!}`}`,
      {
        tried: error.tried ?? label,
        seen: missing[0],
        todo: '"npx lvslab image ls --available" shows what it has',
        cause: error,
      },
    )
  }
  if (
    !/Could not (resolve|connect)|Failed to fetch|Unable to fetch|Connection (refused|timed out|failed)/i.test(text)
  ) {
    return undefined
  }
  const seen = text.split('\n').filter((line) => /Could not|Failed to fetch|Unable to|Connection|E:/.test(line))
  return new InfrastructureError('LVSLAB_E_MIRROR_UNREACHABLE', `no Debian mirror could be reached for ${label}`, {
    tried: error.tried ?? label,
    seen: lastLines(seen.join('\n'), 6),
    todo: 'check the network and proxy settings (http_proxy), or name a mirror in LVSLAB_MIRROR',
    cause: error,
  })
}
