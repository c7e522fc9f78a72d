/** How likely a comparison of two runs of the same may name anything at all that is not so. */
export const FALSE_ALARM_RATE = 0.05

/** The level that each of a family of tests is held to. */
export interface Family {
  /** A test whose p is at most this decides. */
  readonly level: number
  /** How many tests the rate was divided among. */
  readonly tests: number
}

/**
 * Bonferroni's correction as R. E. Tarone (Biometrics 46, 1990) refined it for tests of few values: those that could not
 * become significant whatever they showed take no share of the rate. The chance that any of all tests decides falsely
 * stays at most `rate`.
 */
export function family(leastPs: readonly number[], rate = FALSE_ALARM_RATE): Family {
  for (let tests = 1; tests <= leastPs.length; tests++) {
    if (leastPs.filter((p) => p <= rate / tests).length <= tests) return { level: rate / tests, tests }
  }
  return { level: rate / Math.max(1, leastPs.length), tests: Math.max(1, leastPs.length) }
}

/** How often each of two runs must repeat its claims so that `tests` figures of distinct values can be told apart. */
export function repeatsNeeded(tests: number, rate = FALSE_ALARM_RATE): number {
  let repeats = 1
  // With n values each the least p is 2 / C(2n, n).
  for (let choices = 2; 2 / choices > rate / Math.max(1, tests); repeats++) {
    choices = (choices * (2 * repeats + 2) * (2 * repeats + 1)) / (repeats + 1) ** 2
  }
  return repeats
}
