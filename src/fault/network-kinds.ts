import { UsageError } from '../errors.ts'
import { cutOneWay } from './cut-one-way.ts'
import type { FaultKind, NodeFaultKind } from './fault-kind.ts'
import { demand, readCable, readGroups } from './fault-target.ts'
import { impair } from './impair.ts'
import { IMPAIRMENT_GRAMMARS, parseImpairment, type ImpairmentName } from './impairment-text.ts'
import { makeHub } from './make-hub.ts'
import { partition } from './partition.ts'

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
    inject: async (cluster, network, detail, find) =>
      partition(cluster, network, await readGroups(demand(detail, `partition ${network}:master/backup,client`), find)),
  },
  {
    name: 'hub',
    on: 'network',
    target: 'NETWORK',
    description: 'make a switch a hub; heal makes it a switch that has learnt nothing',
    inject: makeHub,
  },
]

function impairment(name: ImpairmentName, description: string): NodeFaultKind {
  const { form, example } = IMPAIRMENT_GRAMMARS[name]
  return {
    name,
    on: 'cable',
    target: `CABLE:${form}`,
    description: `${description}: ${example}`,
    inject: (cluster, node, detail) => {
      const parts = demand(detail, `${name} node-1:eth1:${example}`).split(':')
      const spec = parseImpairment(name, parts.at(-1)!)
      const { cable, direction } = readCable(node, parts.slice(0, -1).join(':'))
      return impair(cluster, cable, { ...spec, direction: direction ?? 'both' })
    },
  }
}
