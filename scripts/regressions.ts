// Writes topologies/REGRESSIONS.md, after it has taken from run records which regressions were seen: regressions.ts [RUN ...]
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { readRun } from '../src/report/index.ts'
import type { RunRecord } from '../src/run/record.ts'
import {
  readRegressions,
  readSightings,
  SIGHTINGS_FILE,
  topologiesFolder,
  type Sighting,
} from '../src/topology/index.ts'
import { regressionTable } from './lib/regression-table.ts'

/** Of a claim that ended by itself: an error of the harness says nothing about keepalived. */
function sightingsOf({ claims, keepalived, kernel }: RunRecord, ids: readonly string[]): Sighting[] {
  const told = claims.filter(({ errorKind }) => errorKind === undefined || errorKind === 'assertion')
  return ids.flatMap((claim) =>
    (['fail', 'pass'] as const).flatMap((verdict) => {
      const times = told.filter((record) => record.id === claim && record.verdict === verdict).length
      return times === 0 ? [] : [{ claim, keepalived, kernel, verdict, times }]
    }),
  )
}

const known = await readRegressions()
const ids = known.map(({ id }) => id)
const runs = await Promise.all(process.argv.slice(2).map((folder) => readRun(folder)))
const fresh = runs.flatMap((run) => sightingsOf(run, ids))
const key = ({ claim, keepalived, kernel }: Sighting): string => [claim, keepalived, kernel].join(' ')
// What was proven again takes the place of what was seen before.
const proven = new Set(fresh.map(key))
const summed = new Map<string, Sighting>()
for (const one of [...(await readSightings()).filter((old) => !proven.has(key(old))), ...fresh]) {
  const same = summed.get(`${key(one)} ${one.verdict}`)
  summed.set(`${key(one)} ${one.verdict}`, { ...one, times: one.times + (same?.times ?? 0) })
}
const place = (one: Sighting): string =>
  [String(ids.indexOf(one.claim)).padStart(3, '0'), one.keepalived, one.kernel, one.verdict].join(' ')
const seen = [...summed.values()].sort((a, b) => place(a).localeCompare(place(b), 'en'))

const seenFile = join(topologiesFolder(), SIGHTINGS_FILE)
writeFileSync(seenFile, await format(JSON.stringify(seen), { ...(await resolveConfig(seenFile)), parser: 'json' }))
writeFileSync(join(topologiesFolder(), 'REGRESSIONS.md'), await regressionTable(known, seen))
