import { z } from 'zod'
import { topologySchema } from './schema.ts'

/**
 * The JSON Schema of topology.yaml (draft 2020-12), for editors: they complete keys and show descriptions where a file
 * begins with `# yaml-language-server: $schema=../topology.schema.json`. It describes the shape only; the checks that
 * need several fields run in {@link loadTopology}.
 */
export function topologyJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(topologySchema, { io: 'input' }), title: 'lvslab topology' }
}
