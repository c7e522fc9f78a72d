import type { ClusterTime } from '../clock.ts'
import type { CableId, Direction, ImpairmentSpec, NetworkKind, StrangerSpec } from '../fabric/index.ts'

/** A change of a network, in force since `at` until it is undone. */
export interface NetworkChange {
  readonly at: ClusterTime
  /** Takes it back; answers when that was done. Does nothing the second time. */
  readonly undo: () => Promise<ClusterTime>
}

/**
 * What can be done to a cluster's networks while it runs. An engine that cannot do one of them rejects with a
 * UsageError, code `LVSLAB_E_ENGINE_NETWORK`.
 */
export interface NetworkControl {
  /** Loses, delays, doubles, … the frames of a cable. */
  impair(cable: CableId, direction: Direction | 'both', spec: ImpairmentSpec): Promise<NetworkChange>
  /** Nothing gets through a cable one way; the carrier stays, and frames `out` are seen on the wire. */
  cut(cable: CableId, direction: Direction): Promise<NetworkChange>
  /** No frame crosses from one group of a network's cables to another; cables of no group are one more. */
  partition(network: string, groups: readonly (readonly CableId[])[]): Promise<NetworkChange>
  /** Makes a network a hub or a switch; `undo` makes it what it was. Either way it has forgotten what it had learnt. */
  setKind(network: string, kind: NetworkKind): Promise<NetworkChange & { readonly previous: NetworkKind }>
  /** Plugs in a machine that claims an address; `undo` pulls its cable for good. */
  admit(network: string, stranger: StrangerSpec): Promise<NetworkChange & { readonly cable: CableId }>
  /** Makes a switch forget which MAC address is behind which cable. */
  flushMacs(network: string): Promise<ClusterTime>
}
