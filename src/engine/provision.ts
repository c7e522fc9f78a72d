import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../host/paths.ts'
import { withoutPrefix, type NodeSpec, type Topology } from '../topology/index.ts'
import type { GuestFile } from './engine.ts'

/** Where the scripts lie in a machine. */
export const GUEST_SCRIPTS = '/usr/lib/lvslab/provision'

/**
 * How a machine's interfaces get the topology's names: by their order (the first is the kernel's eth0), or, where a NIC of
 * somebody else's is among them, by their MAC addresses.
 */
export type LinkNames = 'by-order' | 'by-mac'

/** The role scripts of provision/, the same for every engine. */
export async function provisionScripts(): Promise<GuestFile[]> {
  const folder = join(projectRoot, 'provision')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sh')).sort()
  return Promise.all(
    names.map(async (name) => ({
      path: `${GUEST_SCRIPTS}/${name}`,
      content: await readFile(join(folder, name)),
      mode: '0755',
    })),
  )
}

/** The files that make a machine this node: its data and the topology's own files. */
export async function nodeFiles(topology: Topology, node: NodeSpec, links: LinkNames): Promise<GuestFile[]> {
  const own = await Promise.all(
    node.files.map(async (file) => ({ path: file.guestPath, content: await readFile(file.hostPath), mode: file.mode })),
  )
  return [{ path: '/etc/lvslab/node.env', content: nodeEnv(topology, node, links), mode: '0644' }, ...own]
}

/** Shell variables for provision/*.sh. */
export function nodeEnv(topology: Topology, node: NodeSpec, links: LinkNames): string {
  const nics = node.interfaces.map((nic, index) => `${index} ${nic.name} ${nic.mac} ${nic.address}`)
  const hosts = topology.nodes.map((other) => `${withoutPrefix(other.interfaces[0]?.address ?? '')} ${other.name}`)
  const variables: Record<string, string> = {
    NODE: node.name,
    ROLES: node.roles.join(' '),
    RENAME: links,
    LINKS: nics.join('\n'),
    HOSTS: hosts.join('\n'),
    ADDRESS: withoutPrefix(node.interfaces[0]?.address ?? ''),
    ALIASES: node.interfaces.flatMap(({ name, aliases }) => aliases.map((alias) => `${name} ${alias}`)).join('\n'),
    GATEWAY: node.gateway ?? '',
    ROUTES: node.routes.map(({ to, via }) => `${to} ${via}`).join('\n'),
    LOOPBACK: node.loopback.join(' '),
    TUNNEL: node.tunnel.join(' '),
    MOUNTS: node.mounts.map(({ from, at, options }) => `${from} ${at} ${options}`.trim()).join('\n'),
    SYSCTLS: Object.entries(node.sysctls)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
    SERVICES: node.services.join(' '),
    SCRIPTS: node.scripts.join(' '),
  }
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('')
}

/** Servers before those who need them: pages must be there to be mounted, and up when a health checker looks. */
export function startOrder({ nodes }: Topology): NodeSpec[][] {
  const turn = ({ roles }: NodeSpec): number => (roles.includes('nfs-server') ? 0 : roles.includes('director') ? 2 : 1)
  return [0, 1, 2].map((now) => nodes.filter((node) => turn(node) === now))
}
