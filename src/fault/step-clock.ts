import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { demandTools } from './demand-tools.ts'
import { strike, type Fault } from './fault.ts'
import { mendInside } from './owed.ts'

/** Ten years: more, and dates lie before what programs can tell. */
const MOST_MS = 10 * 365 * 24 * 3_600_000

/** Numbers of adjtimex(2) in arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h. */
const SYSCALLS = { x86_64: 159, aarch64: 171 } as const

/** include/uapi/linux/timex.h: ADJ_SETOFFSET with ADJ_NANO, and the size of struct timex. */
const MODES = 0x2100
const TIMEX_BYTES = 208

/**
 * Steps a machine's clock forwards, or backwards for a negative span; its monotonic clock goes on. The kernel adds the
 * span itself (adjtimex(2), ADJ_SETOFFSET), so nothing is lost between reading and setting, and several steps heal in any
 * order. Healing steps it back by the same span; a machine that has booted meanwhile has the right time anyway.
 *
 * @param byMs - whole ms, at most ten years
 * @throws UsageError `LVSLAB_E_CLOCK_STEP` for a span that cannot be, `LVSLAB_E_FAULT_TOOL` without perl
 */
export async function stepClock(cluster: Cluster, node: Node, byMs: number): Promise<Fault> {
  if (!Number.isInteger(byMs) || byMs === 0 || Math.abs(byMs) > MOST_MS) {
    throw new UsageError('LVSLAB_E_CLOCK_STEP', `a clock cannot be stepped by ${byMs} ms`, {
      todo: 'step it by at least 1 ms, at most ten years, forwards or backwards',
    })
  }
  await demandTools(node, 'perl')
  const bootId = (): Promise<string> => node.succeed('cat /proc/sys/kernel/random/boot_id')
  const boot = await bootId()
  let stepped = false
  return strike(cluster, {
    kind: 'stepClock',
    target: `${node.name}:${byMs > 0 ? '+' : ''}${byMs}ms`,
    inflict: async () => {
      await node.succeed(offsetCommand(byMs))
      stepped = true
    },
    undo: async () => {
      if (!stepped) return undefined
      await mendInside(node, async () => {
        if ((await bootId()) === boot) await node.succeed(offsetCommand(-byMs))
      })
      stepped = false
      return undefined
    },
  })
}

/** struct timex of a 64-bit kernel: time is its tenth field; nanoseconds must not be negative. */
function offsetCommand(byMs: number): string {
  const seconds = Math.floor(byMs / 1000)
  const nanoseconds = (byMs - seconds * 1000) * 1e6
  const numbers = Object.entries(SYSCALLS).map(([machine, number]) => `${machine} => ${number}`)
  return `perl -e '
    my %number = (${numbers.join(', ')});
    chomp(my $machine = \`uname -m\`);
    my $number = $number{$machine} or die "adjtimex of $machine is not known\\n";
    my $timex = pack("L x4 q4 l x4 q3 q2", ${MODES}, 0, 0, 0, 0, 0, 0, 0, 0, ${seconds}, ${nanoseconds});
    $timex .= "\\0" x (${TIMEX_BYTES} - length $timex);
    syscall($number, $timex) >= 0 or die "adjtimex: $!\\n"'`
}
