import { readFile } from 'node:fs/promises'
import path from 'node:path'
import t from 'tap'
import { listTopologies, readRegressions, readSightings, topologiesFolder } from '../../../src/topology/index.ts'
import { regressionTable } from '../../../scripts/lib/regression-table.ts'

const claims = (await listTopologies()).filter(({ group }) => group === 'regressions').flatMap(({ claims }) => claims)

void t.test('every claim of the group is of a known regression, and one without a claim says why', async (t) => {
  const known = await readRegressions()
  t.strictSame(
    known
      .filter(({ notShown }) => notShown === undefined)
      .map(({ id }) => id)
      .sort(),
    claims.map(({ id }) => id).sort(),
  )
  t.equal(new Set(known.map(({ id }) => id)).size, known.length, 'each is there once')
})

void t.test('only claims that there are were seen', async (t) => {
  const ids = claims.map(({ id }) => id)
  t.strictSame(
    (await readSightings()).filter(({ claim }) => !ids.includes(claim)),
    [],
  )
})

void t.test('REGRESSIONS.md is made of what is known and what was seen', async (t) => {
  const file = path.join(topologiesFolder(), 'REGRESSIONS.md')
  t.equal(
    await readFile(file, 'utf8'),
    await regressionTable(await readRegressions(), await readSightings()),
    'else run node --import tsx scripts/regressions.ts',
  )
})
