import type { ClusterTime } from '../clock.ts'
import type { ErrorDetail, ErrorKind } from '../errors.ts'
import type { FabricStats, Lateness, PortCounts } from './fabric-stats.ts'
import type { ImpairmentId, ImpairmentOrder } from './impairment.ts'
import type { ClockZero } from './monotonic-clock.ts'
import type { StrangerId, StrangerSpec } from './stranger-spec.ts'
import type {
  BlockId,
  BlockRule,
  CableId,
  FabricCable,
  FabricNetwork,
  NetworkKind,
  PartitionId,
  WireEvent,
} from './types.ts'

/** What the fabric's thread is started with. */
export interface ThreadSetup {
  readonly zero: ClockZero
  readonly networks: readonly (FabricNetwork & { readonly capturePath: string | undefined })[]
  readonly cables: readonly (FabricCable & { readonly socketPath: string })[]
}

/** What the main thread can ask of the fabric's thread, by name: what it sends and what comes back. */
export interface Commands {
  unplug: { send: { cable: CableId }; answer: ClusterTime }
  plug: { send: { cable: CableId }; answer: ClusterTime }
  block: { send: { rule: BlockRule }; answer: { at: ClusterTime; id: BlockId } }
  unblock: { send: { id: BlockId }; answer: ClusterTime }
  impair: { send: ImpairmentOrder; answer: { at: ClusterTime; id: ImpairmentId } }
  unimpair: { send: { id: ImpairmentId }; answer: ClusterTime }
  partition: {
    send: { network: string; groups: readonly (readonly CableId[])[] }
    answer: { at: ClusterTime; id: PartitionId }
  }
  unpartition: { send: { id: PartitionId }; answer: ClusterTime }
  setKind: { send: { network: string; kind: NetworkKind }; answer: { at: ClusterTime; previous: NetworkKind } }
  flushMacs: { send: { network: string }; answer: ClusterTime }
  admit: { send: { network: string; spec: Required<StrangerSpec> }; answer: Admission }
  dismiss: { send: { id: StrangerId }; answer: ClusterTime }
  inject: { send: { cable: CableId; frame: Uint8Array }; answer: ClusterTime }
  stats: { send: object; answer: FabricStats }
  portCounts: { send: object; answer: ReadonlyMap<CableId, PortCounts> }
  lateness: { send: { since: ClusterTime | undefined; until: ClusterTime | undefined }; answer: Lateness }
  /** Answers when every event before it has been delivered. */
  sync: { send: object; answer: undefined }
  flush: { send: object; answer: undefined }
  close: { send: object; answer: undefined }
  /** Makes the thread throw, for tests of what happens then. */
  crash: { send: object; answer: undefined }
}

/** A stranger that came. */
export interface Admission {
  readonly at: ClusterTime
  readonly id: StrangerId
  readonly cable: CableId
}

export type CommandName = keyof Commands

export type Command = { [Name in CommandName]: { name: Name } & Commands[Name]['send'] }[CommandName]

/** From the main thread. */
export interface Request {
  readonly id: number
  readonly command: Command
}

/** From the fabric's thread. An answer comes after all events that happened before it. */
export type Message =
  /** `threadId`: the kernel's number of it. */
  | { readonly type: 'ready'; readonly threadId?: number | undefined }
  | { readonly type: 'events'; readonly events: readonly WireEvent[] }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'refused'; readonly id: number; readonly error: PlainError }

/** An error as it crosses between threads, where classes do not survive. */
export interface PlainError {
  readonly message: string
  readonly kind: ErrorKind
  readonly code: `LVSLAB_E_${string}`
  readonly detail: ErrorDetail
}
