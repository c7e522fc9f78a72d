import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import type { CableId, Capture, FabricCable, FabricNetwork } from './types.ts'

/** sun_path has 108 bytes (unix(7)); some are left for what QEMU's users put before it. */
const MAX_SOCKET_PATH_BYTES = 100

export interface FabricOptions {
  /** Where the cables' sockets are made; created if missing. Keep it short. */
  readonly socketDir: string
  /** Where to write one pcapng file per network; without it nothing is captured. Created if missing. */
  readonly captureDir?: string
  readonly networks: readonly FabricNetwork[]
  readonly cables: readonly FabricCable[]
}

/** Where each cable's socket is: numbered, because a path has few bytes. Throws if one would have too many. */
export function planSockets({ socketDir, cables }: FabricOptions): Map<CableId, string> {
  const paths = new Map(cables.map(({ id }, index) => [id, join(socketDir, `${index}.sock`)]))
  for (const path of paths.values()) checkPath(path)
  return paths
}

export function planCaptures({ captureDir, networks }: FabricOptions): Capture[] {
  if (captureDir === undefined) return []
  return networks.map(({ name }) => captureOf(captureDir, name))
}

function captureOf(directory: string, network: string): Capture {
  return { network, path: join(directory, `${network.replace(/[^\w.-]/g, '_')}.pcapng`) }
}

function checkPath(path: string): void {
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return
  throw new UsageError('LVSLAB_E_FABRIC_SOCKET_PATH', `The path of a cable's socket is too long: ${path}`, {
    seen: `${Buffer.byteLength(path)} bytes, at most ${MAX_SOCKET_PATH_BYTES} are possible (unix(7))`,
    todo: 'choose a shorter directory for sockets, such as one below /tmp or $XDG_RUNTIME_DIR',
  })
}

/** Throws if the networks and cables do not fit together. */
export function checkNames({ networks, cables }: FabricOptions): void {
  const names = new Set(networks.map(({ name }) => name))
  const ids = new Set(cables.map(({ id }) => id))
  const refuse = (message: string) => new UsageError('LVSLAB_E_FABRIC_NAMES', message)
  if (names.size < networks.length) throw refuse('Two networks of the fabric have the same name')
  if (ids.size < cables.length) throw refuse('Two cables of the fabric have the same id')
  const stray = cables.find(({ network }) => !names.has(network))
  if (stray !== undefined)
    throw refuse(`Cable ${stray.id} leads to network ${stray.network}, which is not in the fabric`)
}

export function noSuchCable(cable: CableId, known: ReadonlyMap<CableId, string>): UsageError {
  return new UsageError('LVSLAB_E_FABRIC_NO_CABLE', `The fabric has no cable ${cable}`, {
    seen: `it has ${[...known.keys()].join(', ')}`,
  })
}
