import t from 'tap'
import { listClaims } from '../../../src/run/selection.ts'

const numbers = (document: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${document}-${index + 1}`)

const METHODS_AND_SCHEDULERS = 'nat tun dr rr wrr lc wlc lblc lblcr dh sh sed nq more ftp both'
  .split(' ')
  .map((name) => `003-${name}`)

void t.test('every claim of the five documents is listed once, in the order of the documents', async (t) => {
  t.same(
    (await listClaims()).filter(({ group }) => group === undefined).map(({ id }) => id),
    [
      ...numbers('000', 10),
      ...numbers('001', 13),
      ...numbers('002', 9),
      ...METHODS_AND_SCHEDULERS,
      ...numbers('004', 13),
    ],
  )
})

void t.test('those of no document come after them, and say so by their ids', async (t) => {
  const all = await listClaims()
  const first = all.findIndex(({ document }) => document === undefined)
  t.ok(first > 0)
  for (const { id, document } of all.slice(first)) {
    t.equal(document, undefined, id)
    t.notMatch(id, /^\d{3}-/, 'no document has it')
  }
})
