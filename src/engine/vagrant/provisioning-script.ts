import { gzipSync } from 'node:zlib'
import type { NodeSpec, Topology } from '../../topology/index.ts'
import { GUEST_SCRIPTS, nodeFiles, provisionScripts } from '../provision.ts'
import { guestArchive } from '../guest-archive.ts'

/** Times that a mount is tried whose server comes up at the same time; each try waits by itself. */
const START_TRIES = 20

/**
 * What `vagrant provision` runs in a machine: the scripts of provision/ and the node's own files, packed into the script
 * itself, so that Vagrant carries nothing else. It can be run again without harm.
 *
 * @param packages - Debian packages that the machine's box may lack
 */
export async function provisioningScript(
  topology: Topology,
  node: NodeSpec,
  packages: readonly string[],
): Promise<string> {
  const files = [...(await provisionScripts()), ...(await nodeFiles(topology, node, 'by-mac'))]
  const archive = gzipSync(await guestArchive(files)).toString('base64')
  const lines = archive.match(/.{1,1000}/g) ?? []
  const stock = packages.length === 0 ? [] : [`sh ${GUEST_SCRIPTS}/stock-box.sh ${packages.join(' ')}`]
  return [
    'set -eu',
    "base64 -d <<'LVSLAB' | tar -x -z -f - -C / --no-same-owner",
    ...lines,
    'LVSLAB',
    ...stock,
    `sh ${GUEST_SCRIPTS}/node.sh setup`,
    // Machines come up side by side here: what one needs of another may not be there yet.
    `for try in $(seq ${START_TRIES}); do sh ${GUEST_SCRIPTS}/node.sh start && exit 0; sleep 2; done`,
    'exit 1',
    '',
  ].join('\n')
}
