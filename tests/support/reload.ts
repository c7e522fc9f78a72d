import type { Node } from '../../src/cluster/index.ts'
import { InfrastructureError } from '../../src/errors.ts'

/**
 * A configuration that lies beside keepalived's own becomes its own, and is taken. Waits until the old one has
 * ended, but not until the new one says that it is ready: with a start-up delay newer ones do so after it only.
 */
export async function configure(director: Node, name: string, how: 'restart' | 'reload'): Promise<void> {
  await director.succeed(`cp /etc/keepalived/${name}.conf /etc/keepalived/keepalived.conf`)
  await director.succeed(
    how === 'restart'
      ? 'systemctl stop keepalived && systemctl start --no-block keepalived'
      : 'kill -HUP "$(systemctl show -p MainPID --value keepalived)"',
  )
}

/** A look is a program or two, which an emulated processor takes its time for. */
const POLL_MS = 250

/**
 * Waits in the guest until a shell condition holds.
 *
 * @param timeoutMs - of the guest's own clock
 * @throws InfrastructureError `LVSLAB_E_CONDITION` with what the kernel's table and keepalived's journal show instead
 */
export async function until(node: Node, condition: string, timeoutMs = 20_000): Promise<void> {
  const tries = Math.ceil(timeoutMs / POLL_MS)
  const script = `i=0; until ${condition}; do i=$((i+1)); [ $i -lt ${tries} ] || exit 1; sleep ${POLL_MS / 1_000}; done`
  if ((await node.run(script, { timeoutMs: 3 * timeoutMs })).exitCode === 0) return
  throw new InfrastructureError('LVSLAB_E_CONDITION', `${node.name}: what the test needs did not come`, {
    tried: `wait ${timeoutMs} ms until ${condition}`,
    seen: await node.succeed('ipvsadm -Ln; journalctl -u keepalived -n 20 --no-pager -o cat'),
  })
}

/** Whether the kernel has a virtual service, as a condition for `until`. */
export const serves = (endpoint: string): string => `ipvsadm -Ln | grep -q '^TCP  ${endpoint} '`

/** keepalived's child processes: one that crashes is started again, under another number. */
export function childrenOf(director: Node): Promise<string> {
  return director.succeed('pgrep -P "$(systemctl show -p MainPID --value keepalived)" | sort -n | xargs')
}

/** What keepalived logged of the deaths of its children. */
export function deathsOf(director: Node): Promise<string> {
  return director.succeed(
    "journalctl -u keepalived --no-pager -o cat | grep -E 'died|due to (segmentation|signal)' | sort -u || true",
  )
}
