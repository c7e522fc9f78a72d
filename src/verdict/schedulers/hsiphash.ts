const MASK = 0xffff_ffff_ffff_ffffn

/** linux/siphash.h hsiphash_key_t on a 64-bit machine. */
export type HsiphashKey = readonly [bigint, bigint]

type Words = [bigint, bigint, bigint, bigint]

function rotate(word: bigint, bits: bigint): bigint {
  return ((word << bits) | (word >> (64n - bits))) & MASK
}

function round([a, b, c, d]: Words): Words {
  let v0 = (a + b) & MASK
  let v1 = rotate(b, 13n) ^ v0
  v0 = rotate(v0, 32n)
  let v2 = (c + d) & MASK
  let v3 = rotate(d, 16n) ^ v2
  v0 = (v0 + v3) & MASK
  v3 = rotate(v3, 21n) ^ v0
  v2 = (v2 + v1) & MASK
  v1 = rotate(v1, 17n) ^ v2
  v2 = rotate(v2, 32n)
  return [v0, v1, v2, v3]
}

/**
 * The kernel's hsiphash of one 32-bit number, 32 bits wide: SipHash-1-3 folded, as a 64-bit little-endian machine computes
 * it (lib/siphash.c; constants from the SipHash paper, Aumasson and Bernstein 2012). A 32-bit kernel has HalfSipHash there
 * and other values.
 */
export function hsiphash32(value: number, [k0, k1]: HsiphashKey): number {
  const last = (4n << 56n) | BigInt(value >>> 0)
  let v: Words = [
    0x736f6d6570736575n ^ k0,
    0x646f72616e646f6dn ^ k1,
    0x6c7967656e657261n ^ k0,
    0x7465646279746573n ^ k1 ^ last,
  ]
  v = round(v)
  v[0] ^= last
  v[2] ^= 0xffn
  v = round(round(round(v)))
  return Number((v[0] ^ v[1] ^ v[2] ^ v[3]) & 0xffff_ffffn)
}
