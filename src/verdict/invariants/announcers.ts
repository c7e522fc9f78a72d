import { describeTime } from '../../fabric/index.ts'
import type { Invariant } from './invariant.ts'

/**
 * Nobody but a director that may own it announces the VIP as its own by gratuitous ARP, in either form (RFC 5227, RFC
 * 5944 section 4.6): whoever has the address in its cache believes that without having asked.
 */
export const onlyCandidatesAnnounceVip: Invariant = {
  name: 'arp-announcers',
  text: 'only directors announce the VIP by gratuitous ARP',
  violations: (cluster, since, until) =>
    cluster.vips.flatMap((vip) => {
      const { interface: nicName, address } = vip.spec
      const nics = vip.candidates.flatMap(({ spec }) => spec.interfaces.filter(({ name }) => name === nicName))
      const allowed = new Set(nics.map(({ mac }) => mac))
      return cluster.wire
        .gratuitousArps(address, { since, until })
        .filter(({ senderMac }) => !allowed.has(senderMac))
        .slice(0, 5)
        .map(({ at, cable, senderMac }) => `${describeTime(at)}: ${address} announced by ${cable} (${senderMac})`)
    }),
}
