/**
 * Random numbers that a name alone decides: xoshiro128** 1.1 (Blackman and Vigna, prng.di.unimi.it), its state made from
 * the name by FNV-1a (Fowler, Noll, Vo) and MurmurHash3's finaliser. Not for secrets.
 */
export class RandomStream {
  readonly #state: Uint32Array

  /** @param seed - a name, or the four words of the state; not all zero */
  constructor(seed: string | readonly [number, number, number, number]) {
    this.#state = Uint32Array.from(typeof seed === 'string' ? stateOf(seed) : seed)
  }

  /** From 0 to 2^32 - 1. */
  next(): number {
    const state = this.#state
    const result = Math.imul(rotateLeft(Math.imul(state[1]!, 5), 7), 9) >>> 0
    const shifted = state[1]! << 9
    state[2]! ^= state[0]!
    state[3]! ^= state[1]!
    state[1]! ^= state[2]!
    state[0]! ^= state[3]!
    state[2]! ^= shifted
    state[3] = rotateLeft(state[3]!, 11)
    return result
  }

  /** At least 0, less than 1, in steps of 2^-32. */
  uniform(): number {
    return this.next() / 2 ** 32
  }

  /** True with a probability from 0 to 1. */
  chance(probability: number): boolean {
    return this.uniform() < probability
  }

  /** A whole number of at least 0 and less than `end`. */
  below(end: number): number {
    return Math.floor(this.uniform() * end)
  }

  /** Mean 0, standard deviation 1 (Box and Muller). Always takes two numbers, so that those after it stay in step. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    return radius * Math.cos(2 * Math.PI * this.uniform())
  }
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}

function stateOf(name: string): number[] {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193)
  return [1, 2, 3, 4].map((index) => finalise(hash + Math.imul(index, 0x9e3779b9)))
}

function finalise(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
