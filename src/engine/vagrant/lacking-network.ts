import type { NetworkControl } from '../engine.ts'
import { refuse } from './vagrant-capabilities.ts'

/** Networks between the machines are libvirt's: nothing of what the fabric can do to one can be done to them. */
export function lackingNetwork(): NetworkControl {
  const impair = (what: string) => (): Promise<never> => refuse(['impairment'], what)
  const network = (what: string) => (): Promise<never> => refuse(['network'], what)
  return {
    impair: impair('impair a cable'),
    cut: impair('cut a cable one way'),
    partition: network('split a network'),
    setKind: network('make a hub of a switch'),
    admit: () => refuse(['stranger'], 'plug a stranger in'),
    flushMacs: network('make a switch forget what it learnt'),
  }
}
