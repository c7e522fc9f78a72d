import { createHash } from 'node:crypto'
import type { Topology } from '../../topology/index.ts'
import { nodeFiles, provisionScripts } from '../provision.ts'
import type { VagrantHost } from './vagrant-host.ts'
import type { VagrantMachine } from './vagrant-machine.ts'

/** Booted, and as the box is. */
export const BLANK = 'lvslab-blank'
const READY = 'lvslab-ready-'

/** Whether all machines have it: one that was interrupted in the making is none. */
export async function hasSnapshot({ libvirt, machines }: VagrantHost, snapshot: string): Promise<boolean> {
  const all = await Promise.all([...machines.values()].map(({ domain }) => libvirt.snapshots(domain)))
  return all.every((names) => names.includes(snapshot))
}

/** Another content of a node's files, another ready cluster. */
export async function readyName(topology: Topology): Promise<string> {
  const hash = createHash('sha256')
  const scripts = await provisionScripts()
  const files = await Promise.all(topology.nodes.map((node) => nodeFiles(topology, node, 'by-mac')))
  for (const { path, content, mode } of [...scripts, ...files.flat()]) hash.update(`${path}\0${mode}\0`).update(content)
  return `${READY}${hash.digest('hex').slice(0, 12)}`
}

/** Saves all machines, which have stopped together; older snapshots of the kind go. */
export async function saveAll(
  { libvirt }: VagrantHost,
  machines: readonly VagrantMachine[],
  snapshot: string,
): Promise<void> {
  await Promise.all(
    machines.map(async ({ domain }) => {
      const stale = (await libvirt.snapshots(domain)).filter(
        (one) => one === snapshot || (snapshot !== BLANK && one.startsWith(READY)),
      )
      for (const one of stale) await libvirt.deleteSnapshot(domain, one)
      await libvirt.saveSnapshot(domain, snapshot)
    }),
  )
}
