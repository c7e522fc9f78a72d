import { UsageError } from '../../errors.ts'
import type { Topology } from '../../topology/index.ts'

/** What provision/director.sh ends with when keepalived objects to its configuration (sysexits.h, EX_DATAERR). */
export const KEEPALIVED_REFUSED = 65

/** keepalived's own words, with the files that the reader has in place of those in the machine. */
export function keepalivedRefusal(topology: Topology, name: string, said: string): UsageError {
  const files = topology.nodes.find((node) => node.name === name)?.files ?? []
  const seen = files.reduce(
    (text, { guestPath, hostPath }) =>
      text.replaceAll(`(${guestPath}: Line `, `(${hostPath}: Line `).replaceAll(/: Line (\d+)\)/g, ':$1)'),
    said,
  )
  const conf = files.find(({ guestPath }) => guestPath.endsWith('/keepalived.conf'))
  return new UsageError('LVSLAB_E_KEEPALIVED_REFUSED', `keepalived refuses its configuration on ${name}`, {
    tried: `keepalived --config-test, with ${conf?.hostPath ?? '/etc/keepalived/keepalived.conf'}`,
    seen: seen.slice(-1500),
    todo: 'mend what keepalived objects to; it was not started',
  })
}
