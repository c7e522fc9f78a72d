import { readFile } from 'node:fs/promises'
import { UsageError } from '../../errors.ts'
import type { NodeSpec, Topology } from '../model.ts'
import { SourceText } from '../source-text.ts'
import { readHaCf } from './ha-cf.ts'
import { readHaresources } from './haresources.ts'
import type { HeartbeatConf, HeartbeatConfNote } from './model.ts'

/** Where heartbeat looks for them (include/heartbeat.h, CONFIG_NAME and RESOURCE_CFG). */
export const HA_CF_PATH = '/etc/ha.d/ha.cf'
export const HARESOURCES_PATH = '/etc/ha.d/haresources'

export interface HeartbeatText {
  readonly file: string
  readonly text: string
}

/**
 * Understands the texts of an ha.cf and an haresources.
 *
 * @throws HeartbeatConfError where they cannot be understood, or heartbeat would not start with them; with the place.
 */
export function parseHeartbeatConf(haCf: HeartbeatText, haresources: HeartbeatText): HeartbeatConf {
  const notes: HeartbeatConfNote[] = []
  const conf = readHaCf(new SourceText(haCf.file, haCf.text), notes)
  const resources = readHaresources(new SourceText(haresources.file, haresources.text), conf.nodes, notes)
  return { file: haCf.file, resourcesFile: haresources.file, ...conf, resources, notes }
}

/** Reads an ha.cf and an haresources of this host. */
export async function readHeartbeatConf(haCf: string, haresources: string): Promise<HeartbeatConf> {
  return parseHeartbeatConf(...(await Promise.all([readText(haCf), readText(haresources)])))
}

/** The configurations that a topology puts into its nodes, by the nodes' names. */
export async function readHeartbeatConfs(topology: Topology): Promise<ReadonlyMap<string, HeartbeatConf>> {
  const readers = topology.nodes.flatMap((node) => {
    const files = filesOf(node)
    return files === undefined ? [] : [readHeartbeatConf(...files).then((conf) => [node.name, conf] as const)]
  })
  return new Map(await Promise.all(readers))
}

function filesOf({ name, files }: NodeSpec): [haCf: string, haresources: string] | undefined {
  const hostPath = (path: string) => files.find(({ guestPath }) => guestPath === path)?.hostPath
  const [haCf, haresources] = [hostPath(HA_CF_PATH), hostPath(HARESOURCES_PATH)]
  if (haCf === undefined) return undefined
  if (haresources !== undefined) return [haCf, haresources]
  throw new UsageError('LVSLAB_E_HEARTBEAT_CONF', `${haCf}: the node ${name} has this file, but no haresources`, {
    tried: 'find the heartbeat configurations of the topology',
    todo: `put ${HARESOURCES_PATH} into the node as well: heartbeat does not start without it`,
  })
}

async function readText(file: string): Promise<HeartbeatText> {
  try {
    return { file, text: await readFile(file, 'utf8') }
  } catch (error) {
    throw new UsageError('LVSLAB_E_HEARTBEAT_CONF', `${file} cannot be read`, {
      tried: 'read a heartbeat configuration',
      cause: error,
    })
  }
}
