import { join } from 'node:path'
import { vary, type Cluster, type Node, type Variation } from '../../../src/cluster/index.ts'
import type { VmCluster } from '../../../src/engine/vm/vm-cluster.ts'
import { UsageError } from '../../../src/errors.ts'
import type { BlockRule } from '../../../src/fabric/index.ts'
import type { Sabotage } from '../../../src/run/claim-context.ts'

// Ways to break a cluster, for the tables beside this file.

export type Edit = (text: string) => string

/** Changes files of nodes before they boot: in each, something other than a comment must change. */
export function editFiles(files: readonly { node: string; path: string; edit: Edit }[]): Sabotage {
  return varied({ files: files.map((file) => ({ ...file, edit: effective(file.edit) })) })
}

/** An edit that hits nothing but a comment breaks nothing, and everything would seem to have been noticed or missed. */
function effective(edit: Edit): Edit {
  const withoutComments = (text: string): string => text.replaceAll(/[#!].*/g, '')
  return (text) => {
    const changed = edit(text)
    if (withoutComments(changed) !== withoutComments(text)) return changed
    throw new UsageError('LVSLAB_E_VARIATION', 'an edit of a file changes no statement')
  }
}

/** Another topology in place of the claim's own. */
export function varied(change: Omit<Variation, 'directory'>): Sabotage {
  return { vary: (topology, directory) => vary(topology, 'changed', { ...change, directory: join(directory) }) }
}

/** Something done to the running cluster before the claim gets it. */
export function afterBoot(strike: (cluster: Cluster) => Promise<unknown>): Sabotage {
  return { afterBoot: async (cluster) => void (await strike(cluster)) }
}

/** A rule of the fabric that drops frames. */
export function block(cluster: Cluster, rule: BlockRule): Promise<unknown> {
  return (cluster.engine as VmCluster).fabric.block(rule)
}

export function onAll(nodes: readonly Node[], command: string): Promise<unknown> {
  return Promise.all(nodes.map((node) => node.succeed(command)))
}
