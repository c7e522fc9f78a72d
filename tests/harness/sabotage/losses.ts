import type { Sabotage } from '../../../src/run/claim-context.ts'
import { afterBoot } from './ways.ts'

// heartbeat loses every message of one node's scripts as they are shipped: no claim may fail for it, and none may keep quiet
// about it.

/** Longer than the FIFO reader waits: it takes the first piece for the whole. */
const PAUSE_S = 1.3

const TORN =
  `sed -i 's/(echo ">>>"; cat -;/(echo ">>>"; sleep ${PAUSE_S}; cat -;/' /etc/ha.d/shellfuncs && ` +
  `grep -q 'sleep ${PAUSE_S}; cat -' /etc/ha.d/shellfuncs && sync`

const torn = (node: string): Sabotage => afterBoot((cluster) => cluster.node(node).succeed(TORN))

export const LOSSES: Readonly<Record<string, Sabotage>> = {
  'torn-question': torn('Master'),
  'torn-answer': torn('Slave'),
}
