import type { Cluster } from '../../cluster/index.ts'
import { type ArpEvent, describeEvent, describeTime } from '../../fabric/index.ts'
import type { Invariant } from './invariant.ts'

/**
 * Nobody but a director that may own it answers ARP for the VIP (RFC 826): the "ARP problem" of direct routing. A
 * director answers by the VIP's own interface; its other ones answering too would be the same problem.
 */
export const onlyCandidatesAnswerArp: Invariant = {
  name: 'arp-candidates',
  text: 'only directors answer ARP for the VIP',
  violations: (cluster, since, until) =>
    cluster.vips.flatMap((vip) => {
      const { interface: nicName } = vip.spec
      const nics = vip.candidates.flatMap(({ spec }) => spec.interfaces.filter(({ name }) => name === nicName))
      const allowed = new Set(nics.map(({ mac }) => mac))
      return cluster.wire
        .arpAnswers(vip.address, { since, until })
        .filter(({ senderMac }) => !allowed.has(senderMac))
        .map((answer) => `${describeTime(answer.at)}: ${vip.address} answered by ${answer.cable} (${answer.senderMac})`)
    }),
}

/**
 * A request for the VIP has one answer: two machines that answer alternately would share its traffic by chance. The next
 * owner announces itself by gratuitous ARP (RFC 5798 section 6.4.2), so answers of two within `toleratedMs` of each other,
 * without such an announcement in between, come from two owners at once.
 */
export function oneArpAnswerer(toleratedMs: number): Invariant {
  return {
    name: 'one-arp-answerer',
    text: 'one machine at a time answers ARP for a VIP',
    violations: (cluster, since, until) =>
      cluster.vips.flatMap(({ address }) => {
        const announced = cluster.wire.gratuitousArps(address, { since, until })
        const handedOver = (from: ArpEvent, to: ArpEvent): boolean =>
          announced.some(({ senderMac, at }) => senderMac === to.senderMac && at > from.at && at <= to.at)
        const answers = cluster.wire.arpAnswers(address, { since, until })
        return answers
          .flatMap((answer, index) => {
            const previous = answers[index - 1]
            const isTwo =
              previous !== undefined &&
              previous.senderMac !== answer.senderMac &&
              answer.at - previous.at <= toleratedMs &&
              !handedOver(previous, answer)
            if (!isTwo) return []
            return [`${describeTime(answer.at)}: ${address} answered by ${previous.cable}, and then by ${answer.cable}`]
          })
          .slice(0, 5)
      }),
  }
}

/** Under direct routing, answers from the VIP come from real servers, never through a director. */
export const answersBypassDirectors: Invariant = {
  name: 'direct-answers',
  text: 'answers never pass the director (direct routing)',
  violations: (cluster, since, until) => {
    const nics = cluster.withRole('director').flatMap(({ spec }) => spec.interfaces)
    const directors = new Set(nics.map(({ mac }) => mac))
    const services = cluster.topology.virtualServices.filter(({ forwarding }) => forwarding === 'DR')
    return services.flatMap(({ address, port }) =>
      cluster.wire
        .within({ since, until })
        .filter((event) => event.type === 'tcp' && event.srcIp === address && event.srcPort === port && !event.rst)
        .filter((event) => 'srcMac' in event && directors.has(event.srcMac))
        .slice(0, 5)
        .map((event) => `${describeTime(event.at)}: an answer of ${address}:${port} left by a director's cable`),
    )
  },
}

/**
 * Under NAT the real servers' addresses stay on their own networks: elsewhere no packet has one as source or
 * destination, neither a client's nor a health check's. ARP is left out, which no router passes on.
 */
export const natHidesRealServers: Invariant = {
  name: 'nat-hides',
  text: "NAT keeps the real servers' addresses inside",
  violations: (cluster, since, until) =>
    hiddenAddresses(cluster).flatMap(({ ip, networks }) =>
      networks.flatMap((network) =>
        cluster.wire
          .framesWith({ ip, network }, { since, until })
          .filter(({ type }) => type === 'tcp' || type === 'udp' || type === 'icmp')
          .slice(0, 5)
          .map((event) => `${describeEvent(event)}, on network ${network}`),
      ),
    ),
}

/** Each real server of a NAT service once, with the networks that it has no cable in. */
function hiddenAddresses(cluster: Cluster): { readonly ip: string; readonly networks: readonly string[] }[] {
  const { topology } = cluster
  const services = topology.virtualServices.filter(({ forwarding }) => forwarding === 'NAT')
  const nodes = new Map(services.flatMap(({ realServers }) => realServers.map((real) => [real.address, real.node])))
  return [...nodes].map(([ip, name]) => {
    const own = new Set(cluster.node(name).spec.interfaces.map(({ network }) => network))
    return { ip, networks: topology.networks.map((network) => network.name).filter((network) => !own.has(network)) }
  })
}
