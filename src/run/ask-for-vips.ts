import type { Cluster } from '../cluster/index.ts'

/**
 * A rule about who answers ARP proves nothing where nobody asks: the client asks for every VIP, beside the claim's own
 * traffic. It asks only: a neighbour table that is flushed meanwhile ends connections that wait for an answer
 * (`EHOSTUNREACH`). Never rejects: a client that is gone has asked nothing.
 */
export async function askForVips({ client, vips }: Cluster): Promise<void> {
  const asks = vips.flatMap(({ address, spec }) => {
    const nic = client.spec.interfaces.find(({ network }) => network === spec.network)?.name
    return nic === undefined ? [] : [`arping -q -c 1 -w 2 -I ${nic} ${address}`]
  })
  if (asks.length > 0) await client.run(asks.join('; ')).catch(() => undefined)
}
