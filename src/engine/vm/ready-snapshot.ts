import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeScratchDir, scratchDir } from '../../host/paths.ts'
import { ensureEntry, trimSnapshots } from '../../image/index.ts'
import type { Topology } from '../../topology/index.ts'
import type { EngineBoot } from '../engine.ts'
import { nodeFiles, provisionScripts } from '../provision.ts'
import { hostKey } from './template.ts'
import { hostFor, type NodeHost, type VmHost } from './vm-host.ts'

export interface VmBootOptions extends EngineBoot {
  readonly host: VmHost
}

/** Bumped when what a cluster must have reached before it is saved changes (see src/cluster/ready/). */
const SNAPSHOT_VERSION = 3

const isMixed = ({ namedKernels, namedUserlands }: VmHost): boolean => namedKernels.length + namedUserlands.length > 0
const keysOf = ({ kernel, userland }: NodeHost): string[] => [kernel.key, userland.key]

/**
 * The folder in the cache with the saved machines of a topology's ready cluster, which is booted for it where there is none.
 *
 * @param save - boots it until it is ready, and saves it in a folder
 */
export async function ensureSnapshot(
  options: Omit<VmBootOptions, 'mode'>,
  save: (options: Omit<VmBootOptions, 'mode'>, directory: string) => Promise<void>,
): Promise<string> {
  const { host, topology, progress } = options
  const files = await Promise.all(topology.nodes.map((node) => nodeFiles(topology, node, 'by-order')))
  const scripts = await provisionScripts()
  const text = (content: string | Uint8Array): string => Buffer.from(content).toString('base64')
  const entry = await ensureEntry(
    {
      kind: 'snapshot',
      label: `snapshot of ${topology.name}`,
      needsMiB: topology.nodes.reduce((sum, node) => sum + node.memoryMiB, 500),
      from: {
        ...hostKey(host),
        others: host.others.key,
        ...(isMixed(host) ? { mixed: topology.nodes.map((node) => keysOf(hostFor(host, topology, node))) } : {}),
        snapshotVersion: SNAPSHOT_VERSION,
        nodes: topology.nodes.map(({ name, memoryMiB, interfaces, roles }) => ({ name, memoryMiB, interfaces, roles })),
        files: [...files.flat(), ...scripts].map(({ path, content, mode }) => [path, mode, text(content)]),
      },
      build: async (directory) => {
        const evidenceDir = await scratchDir('evidence')
        try {
          await save({ ...options, evidenceDir }, directory)
        } catch (error) {
          // What the machines said is worth more than the snapshot.
          await keepConsoles(topology, evidenceDir, options.evidenceDir)
          throw error
        } finally {
          await removeScratchDir(evidenceDir)
        }
        return {}
      },
    },
    progress,
  )
  if (entry.built) await trimSnapshots()
  return entry.directory
}

async function keepConsoles(topology: Topology, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const { name } of topology.nodes) {
    await copyFile(join(from, `${name}.console.log`), join(to, `${name}.console.log`)).catch(() => undefined)
  }
}
