import { format, resolveConfig } from 'prettier'
import { compareVersions } from '../../src/image/index.ts'
import { rangeOf, type Regression, type Sighting } from '../../src/topology/index.ts'

const HEAD = `# Known regressions

What users of keepalived and of the kernel met, maintainers confirmed, and a black-box cluster test would have caught.
Claims show what the versions at hand can show; \`npx lvslab run regressions --keepalived VERSION\` puts them to the test,
and \`npx lvslab bisect\` finds the version that one came with, or went with. Each asserts what is right: red means that
the regression is there.

This page is made from [regressions.yaml](regressions.yaml) and from [regressions-seen.json](regressions-seen.json), which
is taken from run records: \`node --import tsx scripts/regressions.ts [RUN …]\`.
`

/** REGRESSIONS.md: what is known, what was seen, and what cannot be shown, with the reason. */
export async function regressionTable(known: readonly Regression[], seen: readonly Sighting[]): Promise<string> {
  const shown = known.filter(({ notShown }) => notShown === undefined)
  const isRed = ({ id }: Regression): boolean => seen.some(({ claim, verdict }) => claim === id && verdict === 'fail')
  const isGreen = ({ id }: Regression): boolean => seen.some(({ claim, verdict }) => claim === id && verdict === 'pass')
  const pairs = shown.filter((one) => isRed(one) && isGreen(one))
  const half = shown.filter((one) => !pairs.includes(one))
  const sections = [
    HEAD,
    `## Shown, red and green\n\n${sightings(pairs, seen)}`,
    ...(half.length === 0 ? [] : [`## With a claim, but not seen both ways\n\n${sightings(half, seen)}`]),
    `## Not shown\n\n${table(
      ['regression', 'affected', 'why not'],
      known.flatMap((one) => (one.notShown === undefined ? [] : [[about(one), rangeOf(one), one.notShown]])),
    )}`,
  ]
  return format(sections.join('\n'), { ...(await resolveConfig('README.md')), parser: 'markdown' })
}

function sightings(of: readonly Regression[], seen: readonly Sighting[]): string {
  return table(
    ['claim', 'regression', 'affected', 'seen red with', 'seen green with'],
    of.map((one) => [
      `\`${one.id}\``,
      [about(one), ...(one.note === undefined ? [] : [one.note])].join('. '),
      rangeOf(one),
      ...(['fail', 'pass'] as const).map((verdict) => versions(one, seen, verdict)),
    ]),
  )
}

function about({ program, what, threads }: Regression): string {
  const links = threads.map((thread) => `[#${thread.split('/').at(-1) ?? ''}](${thread})`)
  return `${program}: ${what}${links.length === 0 ? '' : ` (${links.join(', ')})`}`
}

/** "2.1.5-0.2+deb11u1 (3 of 3)". */
function versions({ id, program }: Regression, seen: readonly Sighting[], verdict: Sighting['verdict']): string {
  const own = seen.filter(({ claim }) => claim === id)
  const names = [...new Set(own.filter((one) => one.verdict === verdict).map((one) => one[program]))]
  const count = (name: string, wanted?: Sighting['verdict']): number =>
    own
      .filter((one) => one[program] === name && (wanted === undefined || one.verdict === wanted))
      .reduce((sum, { times }) => sum + times, 0)
  return (
    names
      .toSorted(compareVersions)
      .map((name) => `${name.replace(/^\d+:/, '')} (${count(name, verdict)} of ${count(name)})`)
      .join(', ') || '–'
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').trim()).join(' | ')} |`
  return `${[line(head), line(head.map(() => '-')), ...rows.map(line)].join('\n')}\n`
}
