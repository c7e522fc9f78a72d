import { InfrastructureError } from '../errors.ts'
import type { Node } from './node.ts'

/** What a table of the kernel, a file in /proc, is to come to show. */
export interface TableQuery {
  /** One that is not there shows nothing: ip_vs is not loaded yet. */
  readonly file: string
  /** Extended regular expression for the file's lines, joined by spaces. Without apostrophes. */
  readonly pattern: string
  readonly wanted: 'present' | 'absent'
  readonly timeoutMs: number
}

/** How a watch ended, by the clock of the guest that looked. */
export interface TableWatch {
  /** Whether the table came to show it in time. */
  readonly reached: boolean
  /**
   * From the watch's beginning to the last look that did not show it so, ms, to a hundredth of a second either way; 0
   * where there was none.
   */
  readonly notYetMs: number
}

/** What the node's own process may take longer than the wait itself. */
const SPARE_MS = 10_000

/**
 * Looks at a table of the kernel every 20 ms until it shows something, or no longer does. The guest itself looks, and
 * starts no program for it, which takes longer than looking (sleep alone 80 ms without KVM).
 *
 * Each look is one read of bash's mapfile, of up to 4096 bytes. A shell's `read` takes one byte at a time, and between
 * two entries the kernel finds its place again by counting (ip_vs_conn.c, ip_vs_conn_array; ip_vs_ctl.c,
 * ip_vs_info_array): where an entry ends amid that, another one is skipped. Of 2300 looks by `read`, 4 to 7 missed an
 * entry that stayed while 50 others a second ended; of 13 000 by mapfile none (tests/harness/table-watch.test.ts).
 *
 * @throws InfrastructureError `LVSLAB_E_COMMAND_FAILED` when the guest could not look
 */
export async function watchTable(node: Node, { file, pattern, wanted, timeoutMs }: TableQuery): Promise<TableWatch> {
  // Bash's own start takes time, too: it counts from before.
  const command = `
    read -r up _ </proc/uptime
    exec bash -c '${LOOK}' bash '${file}' '${pattern}' ${wanted} "$up" ${Math.ceil(timeoutMs / 10)}`
  const said = await node.succeed(command, { timeoutMs: timeoutMs + SPARE_MS, pollMs: 10 })
  const [, word, hundredths] = /^(reached|missed) (\d+)$/.exec(said) ?? []
  if (word === undefined) {
    throw new InfrastructureError('LVSLAB_E_COMMAND_FAILED', `${node.name} could not look at ${file}`, {
      tried: command,
      seen: said,
    })
  }
  return { reached: word === 'reached', notYetMs: Number(hundredths) * 10 }
}

/** File, pattern, what is wanted, uptime at the beginning, and how long to look, in hundredths of a second. */
const LOOK = `
  exec 3<> <(:)
  last=0
  while read -r up _ </proc/uptime; now=$((10#\${up/./} - 10#\${4/./})); [ $now -lt $5 ]; do
    lines=()
    [ -e "$1" ] && mapfile -t lines <"$1"
    [[ "\${lines[*]}" =~ $2 ]] && shown=present || shown=absent
    [ $shown = $3 ] && echo "reached $last" && exit
    last=$now
    read -rt 0.02 <&3
  done
  echo "missed $last"`
