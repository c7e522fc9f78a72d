import { readFile } from 'node:fs/promises'
import { UsageError } from '../../errors.ts'
import type { NodeSpec, Topology } from '../model.ts'
import { SourceText } from '../source-text.ts'
import { Block } from './block.ts'
import { readGlobals } from './globals.ts'
import type { ConfNote, KeepalivedConf } from './model.ts'
import { parseStatements } from './statement.ts'
import { readVrrpScript } from './tracking.ts'
import { readVirtualServer } from './virtual-server.ts'
import { readVrrpInstance } from './vrrp-instance.ts'

/** Debian 12's, which the project's default image carries. */
export const DEFAULT_KEEPALIVED_VERSION = '2.2.7'

/** Where the daemon looks for it. */
export const KEEPALIVED_CONF_PATH = '/etc/keepalived/keepalived.conf'

export interface ReadOptions {
  /** The keepalived that will read the file: "2.2.7", or a package's version, "1:2.2.7-1+b2". */
  readonly version?: string
}

/**
 * Understands the text of a keepalived.conf.
 *
 * @throws KeepalivedConfError where the text cannot be understood, with its place.
 */
export function parseKeepalivedConf(text: string, file: string, options: ReadOptions = {}): KeepalivedConf {
  const source = new SourceText(file, text)
  const notes: ConfNote[] = []
  const root = new Block(
    source,
    { keyword: file, at: { line: 1, column: 1 }, values: [], block: parseStatements(source) },
    notes,
  )
  const { routerId, vrrpStartupDelayS, ...globals } = readGlobals(merged(root, 'global_defs'))
  return {
    file,
    version: upstreamVersion(options.version ?? DEFAULT_KEEPALIVED_VERSION),
    ...(routerId === undefined ? {} : { routerId }),
    vrrpStartupDelayS,
    vrrpInstances: root
      .blocks('vrrp_instance')
      .map((block) => readVrrpInstance(block, { ...globals, vrrpStartupDelayS })),
    vrrpScripts: root.blocks('vrrp_script').map(readVrrpScript),
    virtualServers: root.blocks('virtual_server').map(readVirtualServer),
    notes,
  }
}

/** Reads a keepalived.conf of this host. */
export async function readKeepalivedConf(file: string, options: ReadOptions = {}): Promise<KeepalivedConf> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError('LVSLAB_E_KEEPALIVED_CONF_UNREADABLE', `${file} cannot be read`, {
      tried: 'read a keepalived configuration',
      cause: error,
    })
  }
  return parseKeepalivedConf(text, file, options)
}

export interface ReadAllOptions extends ReadOptions {
  /** Nodes whose keepalived is another than `version`, by their names. */
  readonly versions?: ReadonlyMap<string, string>
}

/** The configurations that a topology puts into its nodes, by the nodes' names. */
export async function readKeepalivedConfs(
  topology: Topology,
  { versions, ...options }: ReadAllOptions = {},
): Promise<ReadonlyMap<string, KeepalivedConf>> {
  const readers = topology.nodes.flatMap((node) => {
    const file = keepalivedConfOf(node)
    if (file === undefined) return []
    const version = versions?.get(node.name)
    const own = version === undefined ? options : { version }
    return [readKeepalivedConf(file, own).then((conf) => [node.name, conf] as const)]
  })
  return new Map(await Promise.all(readers))
}

function keepalivedConfOf({ files }: NodeSpec): string | undefined {
  return files.find(({ guestPath }) => guestPath === KEEPALIVED_CONF_PATH)?.hostPath
}

/** "1:2.2.7-1+b2" is Debian's name for 2.2.7: epoch, upstream version, Debian revision (deb-version(7)). */
export function upstreamVersion(version: string): string {
  return /(?:^\d+:|^v)?(\d+(?:\.\d+)+)/.exec(version)?.[1] ?? version
}

function merged(root: Block, keyword: string): Block {
  const block = root.all(keyword).flatMap((statement) => statement.block ?? [])
  return new Block(root.source, { keyword, at: { line: 1, column: 1 }, values: [], block }, root.notes)
}
