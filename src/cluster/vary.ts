import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import type { NodeSpec, Topology } from '../topology/index.ts'

export interface Variation {
  /** Folder for changed files. */
  readonly directory: string
  /** Changes files of nodes: node, guest path, new text from old. */
  readonly files?: readonly { readonly node: string; readonly path: string; readonly edit: (text: string) => string }[]
  /** Changes nodes. */
  readonly nodes?: (node: NodeSpec) => NodeSpec
}

/**
 * A topology that differs in something: for clusters that are broken on purpose. An edit that changes nothing is refused,
 * as the test that relies on it would then prove nothing.
 *
 * @throws UsageError `LVSLAB_E_VARIATION`
 */
export async function vary(topology: Topology, name: string, change: Variation): Promise<Topology> {
  const folder = join(change.directory, name)
  await mkdir(folder, { recursive: true })
  const edited = new Map<string, string>()
  for (const [index, { node, path, edit }] of (change.files ?? []).entries()) {
    const file = topology.nodes.find((spec) => spec.name === node)?.files.find(({ guestPath }) => guestPath === path)
    if (!file) throw new UsageError('LVSLAB_E_VARIATION', `${node} has no file ${path} in ${topology.name}`)
    const before = await readFile(file.hostPath, 'utf8')
    const after = edit(before)
    if (after === before) throw new UsageError('LVSLAB_E_VARIATION', `the edit of ${node}:${path} changes nothing`)
    const hostPath = join(folder, `${index}-${node}`)
    await writeFile(hostPath, after)
    edited.set(`${node} ${path}`, hostPath)
  }
  const withFiles = (node: NodeSpec): NodeSpec => ({
    ...node,
    files: node.files.map((file) => ({
      ...file,
      hostPath: edited.get(`${node.name} ${file.guestPath}`) ?? file.hostPath,
    })),
  })
  return { ...topology, nodes: topology.nodes.map((node) => (change.nodes ?? ((same) => same))(withFiles(node))) }
}
