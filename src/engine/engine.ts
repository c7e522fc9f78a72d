import type { ClusterClock, ClusterTime } from '../clock.ts'
import type { LvslabError } from '../errors.ts'
import type { CableId, PortCounts, Wire } from '../fabric/index.ts'
import type { Progress } from '../image/index.ts'
import type { Topology } from '../topology/index.ts'
import type { Capability } from './capabilities.ts'
import type { NetworkControl } from './network-control.ts'

export type { Capability } from './capabilities.ts'
export type { NetworkChange, NetworkControl } from './network-control.ts'

export interface ExecOptions {
  /** ms; the command is killed after that. Default 60 000. */
  readonly timeoutMs?: number
  /** Longest pause between two looks at whether it has ended, ms: the resolution of its end. Default 60. */
  readonly pollMs?: number
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

export type Standstill = 'frozen' | 'panicked' | 'booting'

/** One machine of a cluster, as an engine gives it. Narrow on purpose: other engines must be able to give the same. */
export interface Machine {
  readonly name: string
  readonly running: boolean
  /** Why it cannot answer though it has power, when that was done to it on purpose. */
  readonly standstill: Standstill | undefined
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
  /** Resets it as the button does: nothing is flushed, and it boots again. Answers when it was reset, not when it is up. */
  reset(): Promise<ClusterTime>
  /** Makes its kernel panic: it hangs until its power is cut. Answers when the panic was seen. */
  panic(): Promise<ClusterTime>
  /** Waits until a machine that was reset or booted has started everything. */
  untilUp(): Promise<void>
  freeze(): Promise<ClusterTime>
  thaw(): Promise<ClusterTime>
  /** The last lines of its console. */
  console(lines?: number): Promise<string>
  /** Path of the console's file. */
  readonly consolePath: string
  /** CPU time that the host has spent on it since it was started, ms; absent where the engine cannot tell. */
  readonly hostCpuMs?: () => Promise<number>
  /** A shell on a terminal of its own in the machine. */
  openTerminal(options?: TerminalOptions): Promise<Terminal>
}

export interface TerminalOptions {
  readonly rows?: number
  readonly columns?: number
  /** Terminal type, as TERM has it. Default: xterm-256color. */
  readonly term?: string
}

export interface Terminal {
  /** One connection: what the person types and sees. It ends when the shell ends; hanging up ends the shell. */
  readonly socketPath: string
  /** The shell's exit code; undefined when it was hung up on. */
  readonly ended: Promise<number | undefined>
  resize(rows: number, columns: number): Promise<void>
  /** Whether the shell on it still runs. */
  alive(): Promise<boolean>
  close(): Promise<void>
}

export const ENGINES = ['vm', 'vagrant'] as const
export type EngineName = (typeof ENGINES)[number]

/** How a cluster came up. */
export type BootMode = 'snapshot' | 'template' | 'cold'

/** What an engine is to boot. */
export interface EngineBoot {
  readonly topology: Topology
  readonly mode: BootMode
  /** Folder for captures and consoles; kept. */
  readonly evidenceDir: string
  readonly progress: Progress
  /** Resolves when the cluster does its work: what a snapshot must wait for. */
  readonly untilReady: (cluster: EngineCluster, progress: Progress) => Promise<void>
  /** Leave services stopped: the caller starts them. */
  readonly startServices?: boolean
}

/** What of a cluster's lateness is of interest; by default all of it, until now. */
export interface LatenessSpan {
  readonly until?: ClusterTime
  /** Names of the machines whose lateness matters. */
  readonly machines?: readonly string[]
}

export interface ClusterLateness {
  /** The longest and the 99th percentile delay of the thread that stamps the frames, ms. */
  readonly fabricMaxMs: number
  readonly fabricP99Ms: number
  /** The longest time in all that one machine stood ready to run and was not let to, ms. */
  readonly machineMs: number
}

/** What a machine is made of, resolved. */
export interface NodeVersions {
  /** As uname -r has it. */
  readonly kernel: string
  /** Debian's package version: "1:2.2.7-1+b2". Of directors only: elsewhere none runs. */
  readonly keepalived?: string
}

/** A wire that is watched from a few machines. */
export interface WireSource {
  readonly source: 'tcpdump'
  /** On whose NICs. */
  readonly machines: readonly string[]
  /** How unsure those machines' clocks were against each other at worst, ms: what an event's time may be wrong by. */
  readonly precisionMs: number
}

/** A cluster of machines on the networks of a topology. */
export interface EngineCluster extends AsyncDisposable {
  readonly name: EngineName
  readonly capabilities: ReadonlySet<Capability>
  readonly topology: Topology
  readonly clock: ClusterClock
  readonly wire: Wire
  readonly machines: ReadonlyMap<string, Machine>
  /** What each was booted with, by name. */
  readonly versions: ReadonlyMap<string, NodeVersions>
  /** What can be done to its networks, other than pulling cables. */
  readonly network: NetworkControl
  readonly captures: readonly { readonly network: string; readonly path: string }[]
  /** Where the wire's events come from, where that is not a fabric that every frame passes; how it stands now. */
  readonly wireSource?: WireSource
  /**
   * How late the harness and the machines were scheduled by the host since then: the error bar of every time that was
   * measured meanwhile.
   */
  lateness(since: ClusterTime, span?: LatenessSpan): Promise<ClusterLateness>
  /** Frames that each cable carried so far, all counted at one moment: what shows that a hub is a hub. */
  portCounts(): Promise<ReadonlyMap<CableId, PortCounts>>
  /** Machines that went down though nobody took their power, each as an error with the last lines of its console. */
  casualties(): readonly LvslabError[]
  /** Pulls a cable: the carrier goes in the machine, frames are dropped on the wire. */
  unplug(cable: CableId): Promise<ClusterTime>
  plug(cable: CableId): Promise<ClusterTime>
  /**
   * Makes of a machine that has rebooted what it was when the cluster came up: addresses that a boot does not bring,
   * mounts, services.
   */
  reprovision(node: string): Promise<void>
}
