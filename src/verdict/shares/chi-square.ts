/** Terms and fractions until they no longer change a double. */
const ROUNDS = 500
const EPSILON = 1e-15

/**
 * How often chance alone gives a chi-square as large or larger: the regularised incomplete gamma function Q(k/2, x/2), by
 * its series for small x and by its continued fraction (Lentz) for large (Abramowitz and Stegun, 6.5.29 and 6.5.31).
 * simple-statistics has a table of critical values, and no such function.
 */
export function chiSquareTail(statistic: number, degreesOfFreedom: number): number {
  const [a, x] = [degreesOfFreedom / 2, statistic / 2]
  if (x <= 0) return 1
  const factor = Math.exp(-x + a * Math.log(x) - logGamma(a))
  return Math.min(1, Math.max(0, x < a + 1 ? 1 - factor * series(a, x) : factor * fraction(a, x)))
}

function series(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let n = 1; n < ROUNDS && Math.abs(term) > EPSILON * sum; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum
}

function fraction(a: number, x: number): number {
  const tiny = 1e-300
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let h = d
  for (let n = 1; n < ROUNDS; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / (an * d + b || tiny)
    c = b + an / c || tiny
    h *= d * c
    if (Math.abs(d * c - 1) < EPSILON) break
  }
  return h
}

/** Of a half or a whole: all that half a number of degrees of freedom can be. */
function logGamma(a: number): number {
  let sum = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2
  for (let n = Number.isInteger(a) ? 1 : 0.5; n < a; n++) sum += Math.log(n)
  return sum
}
