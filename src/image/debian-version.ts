/** Parts of a Debian version (Debian Policy 5.6.12): [epoch:]upstream[-revision]. */
interface Parts {
  readonly epoch: number
  readonly upstream: string
  readonly revision: string
}

function partsOf(version: string): Parts {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/.exec(version) ?? []
  const dash = rest.lastIndexOf('-')
  return dash < 0
    ? { epoch: Number(epoch), upstream: rest, revision: '' }
    : { epoch: Number(epoch), upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) }
}

/** "2.2.7" of "1:2.2.7-1+b2". */
export function upstreamVersion(version: string): string {
  return partsOf(version).upstream
}

/**
 * Orders Debian versions as dpkg does (Debian Policy 5.6.12): negative when `a` is older than `b`, zero when neither is.
 */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [partsOf(a), partsOf(b)]
  return (
    one.epoch - other.epoch || compareText(one.upstream, other.upstream) || compareText(one.revision, other.revision)
  )
}

/** Runs of non-digits and of digits in turn; a tilde comes before everything, even the end. */
function compareText(a: string, b: string): number {
  const split = (text: string): string[] => text.match(/\D+|\d+/g) ?? []
  const [left, right] = [aligned(split(a)), aligned(split(b))]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [x = '', y = ''] = [left[index], right[index]]
    const difference = index % 2 === 0 ? compareLetters(x, y) : Number(x) - Number(y)
    if (difference !== 0) return difference
  }
  return 0
}

/** Every version begins with a run of non-digits, if an empty one. */
function aligned(runs: readonly string[]): readonly string[] {
  return /^\d/.test(runs[0] ?? '') ? ['', ...runs] : runs
}

function compareLetters(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = weight(a[index]) - weight(b[index])
    if (difference !== 0) return difference
  }
  return 0
}

function weight(character: string | undefined): number {
  if (character === undefined) return 0
  if (character === '~') return -1
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256
}
