import { parseNamedWishes } from '../image/index.ts'
import { demandNames, type Topology } from '../topology/index.ts'

/** Which kernel and which keepalived machines get, as `--kernel` and `--keepalived` have it; absent: the defaults. */
export interface Wishes {
  readonly kernel?: string | undefined
  readonly keepalived?: string | undefined
}

/**
 * Refuses wishes for nodes that a topology does not have, before anything is built.
 *
 * @throws UsageError `LVSLAB_E_WISH`, `LVSLAB_E_NODE_UNKNOWN` with the names that there are
 */
export function demandWishes(topology: Topology, { kernel, keepalived }: Wishes): void {
  const names = (wish: string | undefined): string[] => parseNamedWishes(wish).named.map(({ name }) => name)
  demandNames(topology, names(kernel), { option: '--kernel' })
  demandNames(topology, names(keepalived), { option: '--keepalived', only: 'director' })
}
