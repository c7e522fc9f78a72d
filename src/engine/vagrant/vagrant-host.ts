import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfrastructureError } from '../../errors.ts'
import { planBox, type Progress } from '../../image/index.ts'
import type { Topology } from '../../topology/index.ts'
import type { NodeVersions } from '../engine.ts'
import { probeAcceleration, type Acceleration } from '../vm/acceleration.ts'
import { findQemu, type QemuBinary } from '../vm/qemu-binary.ts'
import { Libvirt } from './libvirt.ts'
import { parseSshConfig, type SshTarget } from './ssh-config.ts'
import { SshConnection } from './ssh-connection.ts'
import { demandVagrant, vagrant, vagrantState } from './vagrant-command.ts'

/** Five emulated machines on two busy cores take minutes. */
const UP_TIMEOUT_MS = 30 * 60_000
const SSH_CONFIG_TIMEOUT_MS = 180_000
const REACH_TIMEOUT_MS = 60_000

/** What a topology's machines are under Vagrant. */
export interface VagrantHost {
  readonly topology: Topology
  readonly libvirt: Libvirt
  /** By node: libvirt's UUID, and how it is reached. */
  readonly machines: ReadonlyMap<string, { readonly domain: string; readonly target: SshTarget }>
  /** `vagrant up` of this process made them: they are as the box is, and nothing was provisioned. */
  readonly fresh: boolean
  readonly qemu: QemuBinary
  readonly acceleration: Acceleration
  readonly kernel: { readonly release: string }
  readonly userland: { readonly name: string; readonly keepalived: string }
}

/** What was found out once of these machines. */
interface Known {
  readonly ids: Readonly<Record<string, string>>
  readonly ssh: string
  readonly kernel: string
  readonly keepalived: string
}

/**
 * Finds a topology's machines, and lets Vagrant make those that are missing.
 *
 * @throws PrerequisiteError without Vagrant; InfrastructureError when the machines do not come up
 */
export async function prepareVagrantHost(topology: Topology, progress: Progress): Promise<VagrantHost> {
  demandVagrant()
  const libvirt = new Libvirt()
  const { kernel } = await planBox(progress)
  const qemu = await findQemu()
  const acceleration = await probeAcceleration(qemu, kernel)
  let ids = await presentIds(topology, libvirt)
  const fresh = ids === undefined
  if (ids === undefined) {
    progress(`vagrant up of ${topology.name}: under emulation this takes minutes`)
    // Unprovisioned: what a claim changes of a topology is provisioned anew from there.
    await vagrant(topology, ['up', '--no-provision'], { timeoutMs: UP_TIMEOUT_MS, progress })
    ids = await presentIds(topology, libvirt)
  }
  if (ids === undefined) {
    throw new InfrastructureError('LVSLAB_E_VAGRANT_UP', `Vagrant did not bring ${topology.name} up`, {
      tried: 'vagrant up --no-provision',
      seen: `machines without an id in ${vagrantState()}`,
      todo: `LVSLAB_TOPOLOGY=${topology.name} vagrant status`,
    })
  }
  const known = await knownOf(topology, ids, libvirt)
  const targets = parseSshConfig(known.ssh)
  return {
    ...{ topology, libvirt, fresh, qemu, acceleration },
    machines: new Map(
      topology.nodes.map(({ name }) => [name, { domain: ids[name]!, target: targets.get(name)! }] as const),
    ),
    kernel: { release: known.kernel },
    userland: { name: process.env['LVSLAB_BOX'] ?? 'box', keepalived: known.keepalived },
  }
}

/** libvirt's UUIDs of all of a topology's machines; undefined if one is missing. */
async function presentIds(topology: Topology, libvirt: Libvirt): Promise<Record<string, string> | undefined> {
  const ids: Record<string, string> = {}
  for (const { name } of topology.nodes) {
    const file = join(vagrantState(), 'machines', name, 'libvirt', 'id')
    const id = (await readFile(file, 'utf8').catch(() => '')).trim()
    if (id === '' || (await libvirt.state(id)) === undefined) return undefined
    ids[name] = id
  }
  return ids
}

/** Asked once: `vagrant ssh-config` takes seconds, and each claim's process would ask again. */
async function knownOf(topology: Topology, ids: Record<string, string>, libvirt: Libvirt): Promise<Known> {
  const file = join(vagrantState(), `lvslab-${topology.name}.json`)
  const before = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Known)
    .catch(() => undefined)
  if (before && JSON.stringify(before.ids) === JSON.stringify(ids)) return before
  for (const id of Object.values(ids)) {
    const state = await libvirt.state(id)
    if (state === 'paused') await libvirt.resume(id)
    else if (state !== 'running') await libvirt.start(id)
  }
  const ssh = await vagrant(topology, ['ssh-config'], { timeoutMs: SSH_CONFIG_TIMEOUT_MS })
  const asked = topology.nodes.find(({ roles }) => roles.includes('director')) ?? topology.nodes[0]!
  const target = parseSshConfig(ssh).get(asked.name)!
  const connection = await SshConnection.open(asked.name, target, REACH_TIMEOUT_MS)
  try {
    const { stdout } = await connection.exec("uname -r; dpkg-query -W -f '${Version}' keepalived")
    const [kernel = 'unknown', keepalived = 'not installed'] = stdout.split('\n')
    const known = { ids, ssh, kernel, keepalived }
    await mkdir(vagrantState(), { recursive: true })
    await writeFile(file, JSON.stringify(known, null, 2))
    return known
  } finally {
    connection.close()
  }
}

/** Resolved versions of a topology's nodes, by their names: all machines are of one box. */
export function versionsOfBox(
  { kernel, userland }: Pick<VagrantHost, 'kernel' | 'userland'>,
  { nodes }: Topology,
): ReadonlyMap<string, NodeVersions> {
  const of = ({ roles }: Topology['nodes'][number]): NodeVersions => ({
    kernel: kernel.release,
    ...(roles.includes('director') ? { keepalived: userland.keepalived } : {}),
  })
  return new Map(nodes.map((node) => [node.name, of(node)]))
}
