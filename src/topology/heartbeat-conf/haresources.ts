import type { SourceText } from '../source-text.ts'
import { resourceLines, START, type Word } from './lines.ts'
import type { HeartbeatConfNote, HeartbeatResource, ResourceGroup } from './model.ts'
import { refuse } from './values.ts'

/**
 * The resource groups of haresources.
 *
 * @throws HeartbeatConfError for a node that ha.cf does not have: heartbeat does not start then (heartbeat/config.c,
 * parse_ha_resources).
 */
export function readHaresources(
  source: SourceText,
  nodes: readonly string[],
  notes: HeartbeatConfNote[],
): ResourceGroup[] {
  const keys = new Set<string>()
  const note = ({ at }: Word, message: string) => notes.push({ message, file: source.file, at })
  const groups = resourceLines(source).flatMap(([node, ...rest]) => {
    if (node === undefined) return []
    const preferredNode = node.text.toLowerCase()
    if (!nodes.includes(preferredNode)) {
      refuse(source, node, `"${node.text}" is none of the nodes of ha.cf: ${nodes.join(', ')}`)
    }
    const [key] = rest
    if (key === undefined) note(node, `the group of ${node.text} has no resources`)
    else if (keys.has(key.text)) note(key, `"${key.text}" begins several groups; heartbeat finds a group by its first`)
    else keys.add(key.text)
    return [{ preferredNode, resources: rest.map(toResource) }]
  })
  if (groups.length === 0) note(START, 'haresources names no resources')
  return groups
}

/** "IPaddr::192.168.2.11/24/eth0"; ResourceManager takes whatever begins like an address for the argument of IPaddr. */
function toResource({ text }: Word): HeartbeatResource {
  if (/^\d.*\.\d.*\.\d.*\.\d/.test(text) && !text.includes('::')) return { script: 'IPaddr', args: [text] }
  const [script = text, ...args] = text.split('::')
  return { script, args }
}
