/**
 * Shell commands for a machine that was a saved state a moment ago: its clock stands where it stood then, and its random
 * numbers would be those of every other copy. Both are mended before anything starts. RNDRESEEDCRNG (random(4)) mixes what
 * was written to urandom in at once.
 */
export function wake(): string {
  return (
    `date -s @${(Date.now() / 1000).toFixed(3)} >/dev/null; ` +
    `echo ${seed()} >/dev/urandom; perl -e 'open F,">","/dev/urandom";ioctl F,0x5207,0' 2>/dev/null; :`
  )
}

/** Of a copy's own random numbers: letters and digits. */
export function seed(): string {
  return Array.from({ length: 4 }, () => Math.random().toString(36).slice(2)).join('')
}
