import {
  ensureKernel,
  ensureUserland,
  parseNamedWishes,
  type Kernel,
  type NamedWishes,
  type Progress,
  type Userland,
} from '../../image/index.ts'
import { chosenFor, type NodeSpec, type Topology } from '../../topology/index.ts'
import type { NodeVersions } from '../engine.ts'
import { probeAcceleration, type Acceleration } from './acceleration.ts'
import { findQemu, type QemuBinary } from './qemu-binary.ts'
import { counterFrequency } from './time-stamp-counter.ts'

/** What all machines of a run have in common, and what those have that were named. */
export interface VmHost {
  readonly qemu: QemuBinary
  readonly kernel: Kernel
  /** The directors' userland: with it comes the keepalived under test. */
  readonly userland: Userland
  /** Everybody else's: what asks and answers stays the same, whatever keepalived is under test. */
  readonly others: Userland
  /** Nodes that have another kernel, by what names them; see `chosenFor`. */
  readonly namedKernels: readonly Named<Kernel>[]
  /** Directors that have another userland. */
  readonly namedUserlands: readonly Named<Userland>[]
  readonly acceleration: Acceleration
  /** See {@link counterFrequency}. */
  readonly counterKHz: number | undefined
}

export interface Named<T> {
  /** As the command line has it: "backup", "keepalived". */
  readonly name: string
  readonly is: T
}

/** What one node is made with. */
export type NodeHost = Pick<VmHost, 'qemu' | 'kernel' | 'userland' | 'acceleration' | 'counterKHz'>

/** A machine at rest in the cache: memory, devices' state, disk. */
export interface SavedMachine {
  readonly memoryPath: string
  readonly statePath: string
  /** An empty overlay over the saved disk, to be copied. */
  readonly clonePath: string
}

/**
 * Finds QEMU, gets kernels and userlands (building what the cache lacks) and probes the acceleration.
 *
 * @param wish - each for all, or by the names of nodes; see {@link parseNamedWishes}
 */
export async function prepareHost(
  wish: { readonly kernel?: string | undefined; readonly userland?: string | undefined },
  progress: Progress,
): Promise<VmHost> {
  const kernels = parseNamedWishes(wish.kernel)
  const userlands = parseNamedWishes(wish.userland)
  const qemu = await findQemu()
  const kernel = await ensureKernel(kernels.all, progress)
  const [userland, acceleration] = await Promise.all([
    ensureUserland(userlands.all, progress),
    probeAcceleration(qemu, kernel),
  ])
  const counterKHz = await counterFrequency(qemu, kernel, acceleration)
  const others = userlands.all === undefined ? userland : await ensureUserland(undefined, progress)
  const namedKernels = await eachNamed(kernels, (one) => ensureKernel(one, progress))
  const namedUserlands = await eachNamed(userlands, (one) => ensureUserland(one, progress))
  return { qemu, kernel, userland, others, namedKernels, namedUserlands, acceleration, counterKHz }
}

/** One after another: each build is told of, and has the host to itself. */
async function eachNamed<T>({ named }: NamedWishes, ensure: (wish: string) => Promise<T>): Promise<Named<T>[]> {
  const all: Named<T>[] = []
  for (const { name, wish } of named) all.push({ name, is: await ensure(wish) })
  return all
}

/** What a node of a topology is made with. */
export function hostFor(host: VmHost, topology: Topology, node: NodeSpec): NodeHost {
  const { qemu, acceleration, counterKHz, namedKernels, namedUserlands, others } = host
  const kernel = chosenFor(topology, node, namedKernels)?.is ?? host.kernel
  const isDirector = node.roles.includes('director')
  const userland = isDirector ? (chosenFor(topology, node, namedUserlands)?.is ?? host.userland) : others
  return { qemu, acceleration, counterKHz, kernel, userland }
}

/** Resolved versions of a topology's nodes, by their names. */
export function versionsOf(host: VmHost, topology: Topology): ReadonlyMap<string, NodeVersions> {
  return new Map(
    topology.nodes.map((node) => {
      const { kernel, userland } = hostFor(host, topology, node)
      const keepalived = node.roles.includes('director') ? { keepalived: userland.keepalived } : {}
      return [node.name, { kernel: kernel.release, ...keepalived }]
    }),
  )
}

/** "6.1.0-56-cloud-amd64", or "backup 6.12.117+deb13-cloud-amd64, others 6.1.0-56-cloud-amd64". */
export function withNamed<T>(all: T, named: readonly Named<T>[], text: (one: T) => string): string {
  if (named.length === 0) return text(all)
  return [...named.map(({ name, is }) => `${name} ${text(is)}`), `others ${text(all)}`].join(', ')
}
