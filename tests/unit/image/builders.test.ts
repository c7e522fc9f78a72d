import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { keyOf } from '../../../src/image/cache.ts'
import { msUntil } from '../host/support/processes.ts'
import { startBuilder } from './support/start-builder.ts'

function emptyCache(t: Test): { userlands: string; log: string } {
  const base = t.testdir({ log: '' })
  process.env['XDG_CACHE_HOME'] = base
  return { userlands: join(base, 'lvslab', 'userland'), log: join(base, 'log') }
}

void t.test('two processes that want the same entry build it once', async (t) => {
  const { userlands, log } = emptyCache(t)
  const one = startBuilder('same', log, 600_000)
  await one.saying('writing')
  const other = startBuilder('same', log, 0)
  await other.saying('waiting for it')
  one.finish()
  await Promise.all([one.ended, other.ended])
  t.match(one.said(), 'built: true')
  t.match(other.said(), 'another lvslab is building userland same; waiting for it')
  t.match(other.said(), 'built: false')
  t.equal(readFileSync(log, 'utf8').trim().split('\n').length, 1)
  t.strictSame(readdirSync(userlands), [keyOf({ name: 'same' })])
})

void t.test('after a builder was killed its folder goes and the next one proceeds within seconds', async (t) => {
  const { userlands, log } = emptyCache(t)
  const doomed = startBuilder('same', log, 600_000)
  await doomed.saying('writing')
  const half = readdirSync(userlands).find((name) => name.startsWith('.')) ?? 'none'
  const next = startBuilder('same', log, 0)
  await next.saying('waiting for it')

  doomed.kill()
  await doomed.ended
  const proceedsMs = await msUntil(() => next.said().includes('built: true'), 5_000)
  t.ok(proceedsMs < 5_000, `built after ${Math.round(proceedsMs)} ms`)
  t.not(half, 'none')
  t.ok((await msUntil(() => !existsSync(join(userlands, half)), 2_000)) < 2_000, 'the half-made folder is gone')
  await next.ended
  t.strictSame(readdirSync(userlands), [keyOf({ name: 'same' })])
  t.equal(readFileSync(join(userlands, keyOf({ name: 'same' }), 'root.img'), 'utf8'), 'whole')
})
