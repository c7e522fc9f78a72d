import { isEligible, type Scheduler, type ServerState } from './server-state.ts'

/**
 * rr (ip_vs_rr.c): the next in the list, skipping those of weight 0; other weights do not matter. A virtual service that
 * has scheduled nothing yet begins with the first of its list, which is the server that was added last.
 */
export function roundRobin(): Scheduler {
  let last: string | undefined
  let known: readonly string[] = []
  return (servers) => {
    const names = servers.map(({ name }) => name)
    // ip_vs_rr_del_dest: the turn of a server that is removed goes back to the one before it.
    last = known.slice(0, known.indexOf(last ?? '') + 1).findLast((name) => names.includes(name))
    known = names
    const at = names.indexOf(last ?? '')
    const next = [...servers.slice(at + 1), ...servers.slice(0, at + 1)].find(isEligible)
    if (next) last = next.name
    return next?.name
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}

/** The greatest common divisor of the weights above 0; 1 where there is none. */
export function weightStep(weights: Iterable<number>): number {
  return [...weights].filter((weight) => weight > 0).reduce(gcd, 0) || 1
}

/**
 * The order in which wrr serves, once round (ip_vs_wrr.c): one pass through the list for each required weight from the
 * highest down in steps of the greatest common divisor, in which every server of at least that weight has its turn. Any
 * state that the kernel can be in is somewhere on this round.
 *
 * @param weights in the order of the kernel's list.
 */
export function wrrRound(weights: ReadonlyMap<string, number>): string[] {
  const step = weightStep(weights.values())
  const round: string[] = []
  for (let required = Math.max(0, ...weights.values()); required > 0; required -= step) {
    for (const [name, weight] of weights) if (weight >= required) round.push(name)
  }
  return round
}

/** What ip_vs_wrr.c keeps: the server served last, the weight now required, the highest one required, and the step. */
interface Mark {
  last: string | undefined
  required: number
  highest: number
  step: number
}

/** ip_vs_wrr.c ip_vs_wrr_dest_changed: any change of the table begins again at the list's head. */
function changed(mark: Mark, servers: readonly ServerState[]): void {
  const weights = servers.map(({ weight }) => weight)
  mark.last = undefined
  mark.step = weightStep(weights)
  mark.highest = Math.max(0, ...weights) - (mark.step - 1)
  if (mark.required > mark.highest || mark.required === 0) mark.required = mark.highest
  else if (mark.step > 1) mark.required = Math.floor(mark.required / mark.step) * mark.step + 1
}

/**
 * wrr with its state (ip_vs_wrr.c), from a virtual service to which the servers were added one by one. Later changes of a
 * weight, or of the list, are noticed at the next connection: two in between count as one.
 */
export function weightedRoundRobin(): Scheduler {
  const mark: Mark = { last: undefined, required: 0, highest: 0, step: 1 }
  let known: string | undefined
  return (servers) => {
    const table = JSON.stringify(servers.map(({ name, weight }) => [name, weight]))
    if (known === undefined) for (let n = 1; n <= servers.length; n++) changed(mark, servers.slice(-n))
    else if (known !== table) changed(mark, servers)
    known = table
    return next(mark, servers)
  }
}

function next(mark: Mark, servers: readonly ServerState[]): string | undefined {
  if (!servers.some(isEligible)) return undefined
  for (let at = servers.findIndex(({ name }) => name === mark.last) + 1; ; at++) {
    const server = servers[at]
    if (server === undefined) {
      at = -1
      mark.required -= mark.step
      if (mark.required <= 0) mark.required = mark.highest
    } else if (isEligible(server) && server.weight >= mark.required) {
      mark.last = server.name
      return server.name
    }
  }
}
