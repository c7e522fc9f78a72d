import type { Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'

/** @throws UsageError `LVSLAB_E_FAULT_TOOL` when a machine lacks a program that a fault is made with */
export async function demandTools(node: Node, ...tools: readonly string[]): Promise<void> {
  const { stdout } = await node.run(
    `for tool in ${tools.join(' ')}; do command -v $tool >/dev/null || echo $tool; done`,
  )
  const missing = stdout.trim().split(/\s+/).filter(Boolean)
  if (missing.length === 0) return
  throw new UsageError('LVSLAB_E_FAULT_TOOL', `${node.name} lacks ${missing.join(', ')}`, {
    tried: `look for ${tools.join(', ')} on ${node.name}`,
    todo: 'add the package to provision/images.yaml',
  })
}
