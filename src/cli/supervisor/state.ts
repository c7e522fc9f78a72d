import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { userInfo } from 'node:os'
import { z } from 'zod'
import { InfrastructureError, UsageError } from '../../errors.ts'
import { runtimeDir } from '../../host/paths.ts'
import { startTicks } from './process-identity.ts'

const stateSchema = z.object({
  schema: z.literal('lvslab.up/1'),
  name: z.string(),
  topology: z.string(),
  pid: z.number(),
  /** With the pid it names the supervisor for good: pids are used again. */
  startTicks: z.number(),
  startedAt: z.string(),
  /** Folder of captures, consoles and the supervisor's log. */
  evidence: z.string(),
})

const LONGEST_SOCKET_PATH = 107

/** What other terminals can read about a cluster that is up, or on its way up or down. */
export type ClusterState = z.infer<typeof stateSchema>

export function stateFolder(name: string): string {
  return join(runtimeDir(), name)
}

export function controlSocket(name: string): string {
  return join(stateFolder(name), 'control.sock')
}

/** The clusters whose supervisors live, by name; what dead ones left behind is removed on the way. */
export async function findClusters(): Promise<ClusterState[]> {
  const found: ClusterState[] = []
  for (const entry of await readdir(runtimeDir(), { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue
    const state = await readState(entry.name)
    if (state && (await isAlive(state))) found.push(state)
    else await rm(stateFolder(entry.name), { recursive: true, force: true })
  }
  return found.sort((a, b) => a.name.localeCompare(b.name))
}

export async function isAlive({ pid, startTicks: ticks }: Pick<ClusterState, 'pid' | 'startTicks'>): Promise<boolean> {
  return (await startTicks(pid)) === ticks
}

/**
 * Takes a name for this process. The folder appears whole: nobody ever sees one without a state in it.
 *
 * @throws UsageError `LVSLAB_E_NAME_TAKEN`
 */
export async function claimName(state: Omit<ClusterState, 'schema' | 'pid' | 'startTicks'>): Promise<ClusterState> {
  await ensureRuntimeDir(state.name)
  const whole: ClusterState = {
    schema: 'lvslab.up/1',
    ...state,
    pid: process.pid,
    startTicks: (await startTicks(process.pid)) ?? 0,
  }
  const draft = await mkdtemp(join(runtimeDir(), '.claim-'))
  try {
    await writeFile(join(draft, 'state.json'), `${JSON.stringify(whole, null, 2)}\n`)
    // Clears away what a dead supervisor of that name may have left.
    await demandFree(state.name)
    await rename(draft, stateFolder(state.name))
    return whole
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    const code = (error as { code?: string }).code
    if (code === 'ENOTEMPTY' || code === 'EEXIST') await demandFree(state.name)
    throw error
  }
}

/** @throws UsageError `LVSLAB_E_NAME_TAKEN` */
export async function demandFree(name: string): Promise<void> {
  const taken = (await findClusters()).find((cluster) => cluster.name === name)
  if (!taken) return
  throw new UsageError('LVSLAB_E_NAME_TAKEN', `a cluster named "${name}" is up already`, {
    seen: `topology ${taken.topology}, since ${taken.startedAt}, supervisor ${taken.pid}`,
    todo: `take it down with "npx lvslab down --cluster ${name}", or give this one another name with --name`,
  })
}

async function readState(name: string): Promise<ClusterState | undefined> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(join(stateFolder(name), 'state.json'), 'utf8')))
  } catch {
    return undefined
  }
}

/** Sockets there are as good as a root shell in each machine: the folder must be the user's own, and closed to others. */
async function ensureRuntimeDir(name: string): Promise<void> {
  const folder = runtimeDir()
  const socket = controlSocket(name)
  // The kernel's limit (unix(7)); node would cut the path off without a word.
  if (Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
    throw new InfrastructureError('LVSLAB_E_RUNTIME_DIR', `${socket} is too long for a socket`, {
      seen: `${Buffer.byteLength(socket)} bytes, ${LONGEST_SOCKET_PATH} are possible`,
      todo: 'choose a shorter --name, or set XDG_RUNTIME_DIR to a shorter path',
    })
  }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = await lstat(folder)
  if (uid === userInfo().uid && (mode & 0o077) === 0 && (mode & 0o170000) === 0o040000) return
  throw new InfrastructureError('LVSLAB_E_RUNTIME_DIR', `${folder} is not a private folder of this user`, {
    seen: `owner ${uid}, mode ${(mode & 0o7777).toString(8)}`,
    todo: 'remove it, or set XDG_RUNTIME_DIR to a private folder',
  })
}
