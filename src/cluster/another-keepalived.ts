import { readFile } from 'node:fs/promises'
import { upstreamVersion, type KeepalivedTree } from '../image/index.ts'
import type { Cluster } from './cluster.ts'
import type { Node } from './node.ts'

/** What the guest agent is given at once: it holds all of it in memory, several times over. */
const CHUNK_BYTES = 768 * 1024

/** Unpacking 25 MB takes an emulated machine some seconds. */
const UNPACK_TIMEOUT_MS = 120_000

/** Where a tree lies in a machine. */
function rootOf(tree: KeepalivedTree): string {
  return `/opt/keepalived-${upstreamVersion(tree.version)}`
}

/** Copies another keepalived into a machine. Nothing changes for the one that runs. */
export async function carryKeepalived(node: Node, tree: KeepalivedTree): Promise<void> {
  const content = await readFile(tree.archive)
  const root = rootOf(tree)
  await node.succeed(`rm -rf ${root}; mkdir -p ${root}`)
  for (let from = 0; from < content.length; from += CHUNK_BYTES) {
    await node.succeed(`cat >>${root}/archive`, { input: content.subarray(from, from + CHUNK_BYTES), pollMs: 10 })
  }
  await node.succeed(`cd ${root} && tar -xzf archive && rm archive`, { timeoutMs: UNPACK_TIMEOUT_MS })
}

/**
 * Makes a keepalived that was carried in the one that systemd starts, by its own unit: it runs with the libraries of its
 * own Debian release in a root of its own, of which the machine's configuration and /run are a part; what its package has
 * beside the configuration is added there. The package that was there stays where it is and is no longer started; kernel,
 * systemd and all else are the machine's. One that runs goes on.
 */
export async function installKeepalived(cluster: Cluster, node: Node, tree: KeepalivedTree): Promise<void> {
  const root = rootOf(tree)
  const dropIn = [
    '[Service]',
    `RootDirectory=${root}`,
    'MountAPIVFS=yes',
    // syslog, systemd's own socket, and where keepalived keeps its process ids
    'BindPaths=/run /etc/keepalived',
  ]
  const folder = '/etc/systemd/system/keepalived.service.d'
  await node.succeed(
    `cp -n ${root}/etc/keepalived/* /etc/keepalived/
     mkdir -p ${folder} && cp ${root}/keepalived.service /etc/systemd/system/keepalived.service &&
     printf '%s\\n' ${dropIn.map((line) => `'${line}'`).join(' ')} >${folder}/lvslab.conf && systemctl daemon-reload`,
  )
  cluster.runsKeepalived(node, tree.version)
}

/** The version that a node's keepalived said it had when it was started last: "2.3.3"; undefined where it said nothing. */
export async function startedVersion(node: Node): Promise<string | undefined> {
  const journal = await node.service('keepalived').journal()
  return [...journal.matchAll(/Starting Keepalived v(\d[\d.]*)/g)].at(-1)?.[1]
}
