import { drawTopology } from './draw/index.ts'
import type { Topology } from './model.ts'

const PICTURE = /<!-- picture -->[\s\S]*?<!-- \/picture -->/

/** Wide enough for three machines side by side, narrow enough for a page. */
const WIDTH = 96

/** A topology's README with its picture as the topology has it now; undefined where there is no place for one. */
export function withPicture(readme: string, topology: Topology): string | undefined {
  if (!PICTURE.test(readme)) return undefined
  const picture = drawTopology(topology, { width: WIDTH }).trimEnd()
  return readme.replace(PICTURE, () => `<!-- picture -->\n\n\`\`\`text\n${picture}\n\`\`\`\n\n<!-- /picture -->`)
}
