import ipaddr from 'ipaddr.js'
import { isEligible, type Scheduler, type ServerState } from './server-state.ts'

/** linux/hash.h GOLDEN_RATIO_32. */
const GOLDEN_RATIO_32 = 0x61c88647
/** CONFIG_IP_VS_SH_TAB_BITS of Debian's kernels and the only value of dh (ip_vs_dh.c): 2^8 buckets. */
const TABLE_BITS = 8
const BUCKETS = 1 << TABLE_BITS

/** An IPv4 address as the number that the kernel hashes (ntohl). */
export function ipv4ToNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0)
}

/** linux/hash.h hash_32 to 8 bits: the upper bits of a product modulo 2^32. */
export function hashBucket(value: number): number {
  return Math.imul(value, GOLDEN_RATIO_32) >>> (32 - TABLE_BITS)
}

/**
 * dh (ip_vs_dh.c): a bucket by the VIP's hash; the servers take turns to own buckets, in the list's order, whatever their
 * weights. A bucket whose server has weight 0 or is at its threshold refuses: there is no fallback.
 */
export const destinationHash: Scheduler = (servers, { vip }) => {
  const owner = servers[hashBucket(ipv4ToNumber(vip)) % servers.length]
  return owner && isEligible(owner) ? owner.name : undefined
}

export interface HashFlags {
  /** `sh-fallback`, `mh-fallback`: look for another server when the chosen one has weight 0 or is at its threshold. */
  readonly fallback?: boolean
  /** `sh-port`, `mh-port`: the client's port counts too. */
  readonly port?: boolean
}

/**
 * The owner of each of sh's 256 buckets (ip_vs_sh.c ip_vs_sh_reassign): each server in the list's order takes as many in a
 * row as its weight, and so round. One of weight 0 takes one per round: its clients are refused unless with sh-fallback.
 */
export function sourceHashTable(servers: readonly ServerState[]): ServerState[] {
  const round = servers.flatMap((server) => Array.from({ length: Math.max(1, server.weight) }, () => server))
  return Array.from({ length: round.length === 0 ? 0 : BUCKETS }, (_, bucket) => round[bucket % round.length]!)
}

/**
 * sh (ip_vs_sh.c): a bucket by the client's hash, with sh-port by that of address plus port. sh-fallback tries on from
 * twice the first bucket's number.
 */
export function sourceHash({ fallback = false, port = false }: HashFlags = {}): Scheduler {
  return (servers, { client, clientPort }) => {
    const table = sourceHashTable(servers)
    const bucket = hashBucket(ipv4ToNumber(client) + (port ? clientPort : 0))
    const owner = table[bucket]
    if (!owner || isEligible(owner)) return owner?.name
    if (!fallback) return undefined
    return table.map((_, offset) => table[(2 * bucket + offset) % BUCKETS]!).find(isEligible)?.name
  }
}
