import type { ClusterTime } from '../../clock.ts'
import type { Wire } from '../../fabric/index.ts'

/** A client's requests on the wire, and the time to look at. */
export interface WatchedLoad {
  readonly wire: Wire
  readonly clientIp: string
  readonly service: { readonly address: string; readonly port: number }
  /** Between the begins of two requests, ms. */
  readonly intervalMs: number
  readonly since: ClusterTime
  readonly until: ClusterTime
}

/** A stretch in which nobody was served, as an instrument reports it; with an end missing, it is none. */
export interface BlackoutReading {
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

/** Reads a client's blackout off the wire. */
export type BlackoutInstrument = (load: WatchedLoad) => BlackoutReading

/** From the first SYN that was not answered to the first one after the last of those. */
export const handshakeBlackout: BlackoutInstrument = ({ wire, clientIp, service, since, until }) => {
  const filter = { clientIp, dstIp: service.address, dstPort: service.port }
  const handshakes = wire.handshakes(filter, { since, until })
  const lost = handshakes.filter(({ answeredAt }) => answeredAt === undefined)
  const last = lost.at(-1)
  const served = last && handshakes.find(({ synAt, answeredAt }) => answeredAt !== undefined && synAt > last.synAt)
  return { fromMs: lost[0]?.synAt, toMs: served?.synAt }
}
