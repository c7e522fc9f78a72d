import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { demandTools } from './demand-tools.ts'
import { strike, type Fault } from './fault.ts'
import { mendInside } from './owed.ts'

export interface HogOptions {
  /** How many processes. Default 2. */
  readonly processes?: number
  /** They end by themselves after that, s. Default 60. */
  readonly forS?: number
}

const MOST_PROCESSES = 64
const MOST_S = 3_600

/**
 * Runs processes that do nothing but take the processor, for a bounded time. Healing ends just these.
 *
 * @throws UsageError `LVSLAB_E_FAULT_TARGET` beyond the bounds (64 processes, an hour), `LVSLAB_E_FAULT_TOOL` without perl
 */
export async function hogCpu(cluster: Cluster, node: Node, options: HogOptions = {}): Promise<Fault> {
  const { processes = 2, forS = 60 } = options
  const whole = (value: number, most: number): boolean => Number.isInteger(value) && value >= 1 && value <= most
  if (!whole(processes, MOST_PROCESSES) || !whole(forS, MOST_S)) {
    throw new UsageError('LVSLAB_E_FAULT_TARGET', `${processes} processes for ${forS} s cannot be`, {
      todo: `1 to ${MOST_PROCESSES} processes, for 1 to ${MOST_S} whole seconds`,
    })
  }
  await demandTools(node, 'perl')
  const tag = `lvslab-hog-${Math.random().toString(36).slice(2, 10)}`
  return strike(cluster, {
    kind: 'hogCpu',
    target: `${node.name}:${processes}`,
    inflict: async () => void (await node.succeed(startCommand(tag, processes, forS))),
    undo: async () => {
      await mendInside(node, () => node.succeed(endCommand(tag)))
      return undefined
    },
  })
}

/** The name is the processes' own: a pid that another process has by then is not taken for one of them. */
function startCommand(tag: string, processes: number, forS: number): string {
  return `
    count=0
    while [ $count -lt ${processes} ]; do
      perl -e 'alarm ${forS}; 1 while 1' ${tag} </dev/null >/dev/null 2>&1 &
      echo $! >>/run/${tag} || exit 1
      count=$((count + 1))
    done`
}

function endCommand(tag: string): string {
  return `
    for pid in $(cat /run/${tag} 2>/dev/null); do
      tr '\\0' ' ' 2>/dev/null </proc/$pid/cmdline | grep -q ' ${tag} $' && kill -9 "$pid"
    done
    rm -f /run/${tag}`
}
