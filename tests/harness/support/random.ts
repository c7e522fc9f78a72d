/** Numbers in 0..1 that come the same again for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `LVSLAB_SEED`, to see a failure again; else a new one. */
export function chosenSeed(): number {
  const wish = Number(process.env['LVSLAB_SEED'])
  return Number.isInteger(wish) && wish > 0 ? wish : Math.ceil(Math.random() * 1e9)
}
