import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { UsageError } from '../errors.ts'
import { checkMeaning } from './checks/index.ts'
import { findTopologyFolder, TOPOLOGY_FILE, topologyNames } from './find.ts'
import type { Topology } from './model.ts'
import { planTopology } from './plan.ts'
import { TopologyError } from './problem.ts'
import { checkStructure } from './structure.ts'
import { YamlSource } from './yaml-source.ts'

/**
 * Reads a cluster's topology.yaml, checks all of it, and plans what the file leaves open (MAC addresses, defaults).
 *
 * @param folderOrName one of the project's topologies ("dr-vrrp"), or a folder that holds a topology.yaml.
 * @throws LvslabError `LVSLAB_E_TOPOLOGY_UNKNOWN` when there is no such topology.
 * @throws TopologyError with every mistake in the file, each with its place.
 */
export async function loadTopology(folderOrName: string): Promise<Topology> {
  const folder = await findTopologyFolder(folderOrName)
  const file = path.join(folder, TOPOLOGY_FILE)
  const source = new YamlSource(shortest(file), await read(file))
  // Without a tree there is no shape, and without a shape no meaning: each stage needs the one before.
  if (source.problems.length > 0) throw new TopologyError(source, source.problems)
  const structure = checkStructure(source)
  if (Array.isArray(structure)) throw new TopologyError(source, structure)
  const problems = await checkMeaning(structure, source, folder)
  if (problems.length > 0) throw new TopologyError(source, problems)
  return planTopology(structure, folder)
}

/**
 * All of the project's topologies in the order of the documents and, within one, of their first claims; then those of no
 * document.
 */
export async function listTopologies(): Promise<Topology[]> {
  const all = await Promise.all((await topologyNames()).map((name) => loadTopology(name)))
  const place = ({ document = '', claims, name }: Topology): string => `${document} ${claims[0]?.id ?? ''} ${name}`
  const ofNone = ({ document }: Topology): number => (document === undefined ? 1 : 0)
  return all.sort((a, b) => ofNone(a) - ofNone(b) || place(a).localeCompare(place(b), 'en', { numeric: true }))
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError('LVSLAB_E_TOPOLOGY_UNREADABLE', `${file} cannot be read`, {
      tried: 'read the topology',
      cause: error,
    })
  }
}

/** Relative when that is shorter to read and still leads there from where the reader stands. */
function shortest(file: string): string {
  const relative = path.relative(process.cwd(), file)
  return relative.startsWith('..') ? file : relative
}
