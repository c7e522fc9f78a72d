import { UsageError } from '../errors.ts'
import { cutOneWay } from './cut-one-way.ts'
import type { FaultKind, NodeFaultKind } from './fault-kind.ts'
import { demand, readCable, readGroups } from './fault-target.ts'
import { impair } from './impair.ts'
import { IMPAIRMENT_GRAMMARS, parseImpairment, type ImpairmentName } from './impairment-text.ts'
import { timeMs, Words } from './impairment-words.ts'
import { makeHub } from './make-hub.ts'
import { partition } from './partition.ts'
import { spoofArp } from './spoof-arp.ts'

/** Faults of cables and networks that leave the machines alone. */
export const NETWORK_KINDS: readonly FaultKind[] = [
  impairment('loss', 'lose frames'),
  impairment('delay', 'delay frames, with jitter'),
  impairment('duplicate', 'deliver frames twice'),
  impairment('reorder', 'let frames overtake the others, which are delayed (by 10ms)'),
  impairment('rate', 'carry no more than RATE; the queue drops what it cannot hold'),
  impairment('corrupt', 'flip a bit in frames'),
  {
    name: 'one-way',
    on: 'cable',
    target: 'NODE[:INTERFACE]:in|out',
    description: 'cut a cable one way: in, it is not heard; out, it does not hear',
    needs: ['impairment'],
    inject: (cluster, node, detail) => {
      const { cable, direction } = readCable(node, demand(detail, 'one-way node-1:eth1:in'))
      if (direction !== undefined) return cutOneWay(cluster, cable, direction)
      throw new UsageError('LVSLAB_E_FAULT_TARGET', 'which way is it cut?', { todo: `${cable}:in or ${cable}:out` })
    },
  },
  {
    name: 'partition',
    on: 'network',
    target: 'NETWORK:NODE[,NODE…][/NODE…]',
    description: 'split a network into groups; the nodes not named are one more group',
    needs: ['network'],
    inject: async (cluster, network, detail, find) =>
      partition(cluster, network, await readGroups(demand(detail, `partition ${network}:master/backup,client`), find)),
  },
  {
    name: 'hub',
    on: 'network',
    target: 'NETWORK',
    description: 'make a switch a hub; heal makes it a switch that has learnt nothing',
    needs: ['network'],
    inject: makeHub,
  },
  {
    name: 'arp-spoof',
    on: 'network',
    target: 'NETWORK[:ADDRESS,TIME,answer]',
    description:
      'plug in a stranger that claims the VIP by gratuitous ARP every TIME (1s), and answers for it; ' +
      'heal unplugs it, but who believed it goes on doing so for a while',
    needs: ['stranger'],
    impossible: ({ vips }) => (vips.length > 0 ? undefined : 'there is no VIP'),
    inject: (cluster, network, detail) => {
      const words = new Words(detail ?? '')
      const address = words.take((word) => (/^\d+(\.\d+){3}$/.test(word) ? word : undefined))
      const everyMs = words.take(timeMs)
      const answers = words.take((word) => (word === 'answer' ? true : undefined))
      const [stray] = words.left
      if (stray !== undefined) {
        const todo = `arp-spoof ${network}:500ms,answer`
        throw new UsageError('LVSLAB_E_FAULT_TARGET', `cannot read "${stray}"`, { todo: `for example: ${todo}` })
      }
      return spoofArp(cluster, network, {
        ...(address === undefined ? {} : { address }),
        ...(everyMs === undefined ? {} : { everyMs }),
        ...(answers === undefined ? {} : { answers }),
      })
    },
  },
]

function impairment(name: ImpairmentName, description: string): NodeFaultKind {
  const { form, example } = IMPAIRMENT_GRAMMARS[name]
  return {
    name,
    on: 'cable',
    target: `CABLE:${form}`,
    description: `${description}: ${example}`,
    needs: ['impairment'],
    inject: (cluster, node, detail) => {
      const parts = demand(detail, `${name} node-1:eth1:${example}`).split(':')
      const spec = parseImpairment(name, parts.at(-1)!)
      const { cable, direction } = readCable(node, parts.slice(0, -1).join(':'))
      return impair(cluster, cable, { ...spec, direction: direction ?? 'both' })
    },
  }
}
