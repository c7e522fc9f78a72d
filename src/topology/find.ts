import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { LvslabError } from '../errors.ts'
import { didYouMean } from './nearest.ts'

export const TOPOLOGY_FILE = 'topology.yaml'

/** The project's own `topologies/`, found from this module upwards, so that compiled code finds it too. */
export function topologiesFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'topologies')
    if (existsSync(path.join(folder, 'package.json')) && existsSync(candidate)) return candidate
    if (folder === path.dirname(folder)) throw new TypeError(`no topologies/ above ${import.meta.dirname}`)
  }
}

/** Names of the project's topologies, sorted. */
export async function topologyNames(): Promise<string[]> {
  const folder = topologiesFolder()
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, TOPOLOGY_FILE)))
    .map((entry) => entry.name)
    .sort()
}

/**
 * The folder that a person means: one of the project's names, else a folder of their own.
 *
 * @throws LvslabError `LVSLAB_E_TOPOLOGY_UNKNOWN` (nothing matched) when it is neither, with the names that are near.
 */
export async function findTopologyFolder(folderOrName: string): Promise<string> {
  const names = await topologyNames()
  if (names.includes(folderOrName)) return path.join(topologiesFolder(), folderOrName)
  const folder = path.resolve(folderOrName)
  const file = path.join(folder, TOPOLOGY_FILE)
  if (existsSync(file)) return folder
  const isPath = folderOrName.includes('/') || existsSync(folder)
  const seen = isPath ? `no ${file}` : `no topology of that name in ${topologiesFolder()}`
  throw new LvslabError(
    'nothingMatched',
    'LVSLAB_E_TOPOLOGY_UNKNOWN',
    isPath ? `there is no topology in ${folderOrName}` : `there is no topology "${folderOrName}"`,
    {
      tried: `find the topology "${folderOrName}"`,
      seen,
      todo: isPath
        ? `name the folder that holds ${TOPOLOGY_FILE}`
        : (didYouMean(folderOrName, names) ?? `choose one of ${names.join(', ')} (lvslab list), or name a folder`),
    },
  )
}
