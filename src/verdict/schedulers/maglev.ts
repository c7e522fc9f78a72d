import { type HashFlags, ipv4ToNumber } from './hash-table.ts'
import { hsiphash32, type HsiphashKey } from './hsiphash.ts'
import { weightStep } from './round-robin.ts'
import { isEligible, type Scheduler, type ServerState } from './server-state.ts'

/** ip_vs_mh.c: primes[CONFIG_IP_VS_MH_TAB_INDEX - 8] with the 12 of Debian's kernels. */
const TABLE_SIZE = 4093
/** ip_vs_mh.c IP_VS_MH_TAB_BITS: half of CONFIG_IP_VS_MH_TAB_INDEX. */
const WEIGHT_BITS = 6
/** ip_vs_mh.c generate_hash_secret: the keys are constants, the same on every director. */
const POSITION_KEY: HsiphashKey = [2654435761n, 2654435761n]
const SKIP_KEY: HsiphashKey = [2654446892n, 2654446892n]

function hash(address: string, port: number, key: HsiphashKey, offset = 0): number {
  return hsiphash32(offset + port + ipv4ToNumber(address), key)
}

/**
 * The owner of each position of mh's table (ip_vs_mh.c ip_vs_mh_permutate, ip_vs_mh_populate; Eisenbud et al., "Maglev",
 * NSDI 2016, 3.4): in turn, each server takes as many positions as its weight, the next ones free on a walk of its own.
 * The walk depends on the server's address and port alone; so others keep most of theirs when one goes. The table goes by
 * the last weight that was not 0: a server set to 0 keeps its positions, and its clients are refused unless with
 * mh-fallback.
 */
export function maglevTable(servers: readonly ServerState[]): ServerState[] {
  const weights = servers.map(({ weight, lastWeight }) => lastWeight ?? weight)
  const step = weightStep(weights)
  const shift = Math.max(0, bitLength(Math.max(0, ...weights) / step) - WEIGHT_BITS)
  const walks = servers.map((server, n) => ({
    server,
    turns: (weights[n]! / step) >> shift || (weights[n] === 0 ? 0 : 1),
    position: hash(server.address, server.port, POSITION_KEY) % TABLE_SIZE,
    skip: (hash(server.address, server.port, SKIP_KEY) % (TABLE_SIZE - 1)) + 1,
  }))
  const table = new Array<ServerState | undefined>(TABLE_SIZE).fill(undefined)
  let free = walks.some(({ turns }) => turns > 0) ? TABLE_SIZE : 0
  while (free > 0) {
    for (const walk of walks) {
      for (let turn = 0; turn < walk.turns && free > 0; turn++, free--) {
        while (table[walk.position]) walk.position = (walk.position + walk.skip) % TABLE_SIZE
        table[walk.position] = walk.server
      }
    }
  }
  return table.filter((server) => server !== undefined)
}

/** The kernel's fls: the number of bits up to the highest one set. */
function bitLength(value: number): number {
  return 32 - Math.clz32(value)
}

/** mh (ip_vs_mh.c): a position by the client's hash, with mh-port by that of address plus port. */
export function maglev({ fallback = false, port = false }: HashFlags = {}): Scheduler {
  let known = ''
  let table: ServerState[] = []
  return (servers, { client, clientPort }) => {
    // To fill the table takes longer than to read it by far.
    const key = JSON.stringify(servers.map((server) => [server.name, server.address, server.port, weightOf(server)]))
    if (key !== known) table = maglevTable(servers)
    known = key
    const at = (offset: number): ServerState | undefined => {
      const name = table[hash(client, port ? clientPort : 0, POSITION_KEY, offset) % TABLE_SIZE]?.name
      return servers.find((server) => server.name === name)
    }
    const owner = at(0)
    if (!owner || isEligible(owner)) return owner?.name
    if (!fallback) return undefined
    const position = hash(client, port ? clientPort : 0, POSITION_KEY) % TABLE_SIZE
    for (let offset = 0; offset < TABLE_SIZE; offset++) {
      const other = at((position + offset) % TABLE_SIZE)
      if (other && isEligible(other)) return other.name
    }
    return undefined
  }
}

function weightOf({ weight, lastWeight }: ServerState): number {
  return lastWeight ?? weight
}
