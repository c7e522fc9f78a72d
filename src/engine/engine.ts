import type { ClusterClock, ClusterTime } from '../clock.ts'
import type { CableId, Wire } from '../fabric/index.ts'
import type { Topology } from '../topology/index.ts'

export interface ExecOptions {
  /** ms; the command is killed after that. Default 30 000. */
  readonly timeoutMs?: number
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

export interface ExecResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
}

export interface GuestFile {
  readonly path: string
  readonly content: string | Uint8Array
  /** Octal: "0644". */
  readonly mode: string
}

/** One machine of a cluster, as an engine gives it. Narrow on purpose: other engines must be able to give the same. */
export interface Machine {
  readonly name: string
  readonly running: boolean
  exec(command: string | readonly string[], options?: ExecOptions): Promise<ExecResult>
  /** Starts a command that goes on by itself. */
  start(command: string): Promise<number>
  putFiles(files: readonly GuestFile[]): Promise<void>
  getFile(path: string): Promise<Buffer>
  /** Takes the power away at once. Answers when it was gone, on the cluster's clock. */
  powerCut(): Promise<ClusterTime>
  /** Boots it from its own disk, as a machine does whose power returned. */
  powerOn(): Promise<void>
  /** Reboots it by its own reboot command and waits until it can be reached. */
  reboot(): Promise<void>
  freeze(): Promise<ClusterTime>
  thaw(): Promise<ClusterTime>
  /** The last lines of its console. */
  console(lines?: number): Promise<string>
  /** Path of the console's file. */
  readonly consolePath: string
  /** A socket of a terminal in the machine; ends when its shell ends. */
  openTerminal(): Promise<Terminal>
}

export interface Terminal {
  readonly socketPath: string
  resize(rows: number, columns: number): Promise<void>
  /** Whether the shell on it still runs. */
  alive(): Promise<boolean>
  close(): Promise<void>
}

/** How a cluster came up. */
export type BootMode = 'snapshot' | 'template' | 'cold'

/** A cluster of machines on the networks of a topology. */
export interface EngineCluster extends AsyncDisposable {
  readonly topology: Topology
  readonly clock: ClusterClock
  readonly wire: Wire
  readonly machines: ReadonlyMap<string, Machine>
  readonly captures: readonly { readonly network: string; readonly path: string }[]
  /** Pulls a cable: the carrier goes in the machine, frames are dropped on the wire. */
  unplug(cable: CableId): Promise<ClusterTime>
  plug(cable: CableId): Promise<ClusterTime>
}
