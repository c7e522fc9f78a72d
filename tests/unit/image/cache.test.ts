import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ensureEntry, keyOf, listEntries, pruneEntries, trimSnapshots } from '../../../src/image/cache.ts'
import { smallEntry } from './support/request.ts'

/** An empty cache; answers the folder of userlands in it and a log that builds can be noted in. */
function emptyCache(t: Test): { userlands: string; log: string } {
  const base = t.testdir({ log: '' })
  process.env['XDG_CACHE_HOME'] = base
  return { userlands: join(base, 'lvslab', 'userland'), log: join(base, 'log') }
}

const quiet = (): void => undefined
const builds = (log: string): number => readFileSync(log, 'utf8').split('\n').length - 1

void t.test('an entry is built once, and its manifest says what it is', async (t) => {
  const { userlands, log } = emptyCache(t)
  const first = await ensureEntry(smallEntry('one', { log }), quiet)
  const second = await ensureEntry(smallEntry('one', { log }), quiet)
  t.equal(first.built, true)
  t.equal(second.built, false)
  t.equal(builds(log), 1)
  t.equal(first.directory, join(userlands, keyOf({ name: 'one' })))
  t.match(second.manifest, { kind: 'userland', label: 'userland one', facts: { keepalived: '1:2.2.7-1+b2' } })
  t.strictSame(readdirSync(userlands), [keyOf({ name: 'one' })], 'no lock and no half-made folder is left')
})

void t.test('what an entry is made from decides which one it is', async (t) => {
  t.not(keyOf({ suite: 'bookworm' }), keyOf({ suite: 'trixie' }))
  t.match(keyOf({ suite: 'bookworm' }), /^[0-9a-f]{20}$/)
})

void t.test('a build that fails leaves nothing', async (t) => {
  const { userlands } = emptyCache(t)
  const request = smallEntry('one', {
    build: async (directory) => {
      writeFileSync(join(directory, 'root.img'), 'half')
      throw new Error('interrupted')
    },
  })
  await t.rejects(ensureEntry(request, quiet), { message: 'interrupted' })
  t.strictSame(readdirSync(userlands), [])
})

void t.test('a truncated file is noticed, and the entry built anew', async (t) => {
  const { log } = emptyCache(t)
  const { directory } = await ensureEntry(smallEntry('one', { log }), quiet)
  truncateSync(join(directory, 'root.img'), 3)
  const said: string[] = []
  const again = await ensureEntry(smallEntry('one', { log }), (line) => said.push(line))
  t.equal(again.built, true)
  t.equal(said[0], 'userland one: root.img is damaged; building it anew')
  t.equal(readFileSync(join(directory, 'root.img'), 'utf8'), 'content of one')
})

void t.test('a changed byte is noticed', async (t) => {
  const { log } = emptyCache(t)
  const { directory } = await ensureEntry(smallEntry('one', { log }), quiet)
  writeFileSync(join(directory, 'root.img'), 'Content of one')
  t.equal((await ensureEntry(smallEntry('one', { log }), quiet)).built, true)
})

void t.test('a missing file, and a manifest that is none, are noticed', async (t) => {
  const { log } = emptyCache(t)
  const { directory } = await ensureEntry(smallEntry('one', { log }), quiet)
  unlinkSync(join(directory, 'root.img'))
  t.equal((await ensureEntry(smallEntry('one', { log }), quiet)).built, true)
  writeFileSync(join(directory, 'manifest.json'), '{ "schema": "lvslab.cache/0" }')
  t.equal((await ensureEntry(smallEntry('one', { log }), quiet)).built, true)
})

void t.test('a file that was only copied or touched is read, found whole and kept', async (t) => {
  const { log } = emptyCache(t)
  const { directory } = await ensureEntry(smallEntry('one', { log }), quiet)
  utimesSync(join(directory, 'root.img'), 1, 1)
  t.equal((await ensureEntry(smallEntry('one', { log }), quiet)).built, false)
})

void t.test('too little disk space is said before anything is built', async (t) => {
  const { log, userlands } = emptyCache(t)
  await t.rejects(ensureEntry(smallEntry('huge', { log, needsMiB: 1e12 }), quiet), {
    code: 'LVSLAB_E_DISK_FULL',
    message: 'not enough disk space for userland huge',
    seen: /^\d+ MiB free, 1000000000000 MiB needed$/,
    todo: /lvslab image prune/,
  })
  t.equal(builds(log), 0)
  t.strictSame(readdirSync(userlands), [])
})

void t.test('a disk that fills up while building is said as such', async (t) => {
  emptyCache(t)
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const request = smallEntry('one', { build: async () => Promise.reject(full) })
  await t.rejects(ensureEntry(request, quiet), { code: 'LVSLAB_E_DISK_FULL', cause: full })
})

void t.test('a cache that cannot be made is said with its way out', async (t) => {
  process.env['XDG_CACHE_HOME'] = t.testdir({ file: '' }) + '/file'
  await t.rejects(ensureEntry(smallEntry('one'), quiet), {
    code: 'LVSLAB_E_CACHE_UNWRITABLE',
    todo: /XDG_CACHE_HOME/,
  })
})

void t.test('prune removes what was not used for so long, and what killed builds left', async (t) => {
  const { userlands } = emptyCache(t)
  const old = await ensureEntry(smallEntry('old'), quiet)
  await ensureEntry(smallEntry('new'), quiet)
  const anHourAgo = new Date(Date.now() - 3_600_000)
  utimesSync(old.directory, anHourAgo, anHourAgo)
  // No process has this id: the largest possible is 4194304 (proc(5), pid_max).
  const orphan = join(userlands, `.${keyOf({})}-99999999-abcdef`)
  const alive = join(userlands, `.${keyOf({})}-${process.pid}-abcdef`)
  const lock = join(userlands, `${keyOf({})}.lock`)
  for (const folder of [orphan, alive, lock]) mkdirSync(folder)
  utimesSync(lock, anHourAgo, anHourAgo)

  const { removed, freedBytes } = await pruneEntries(60_000)
  t.strictSame(removed, [`userland old (${keyOf({ name: 'old' })})`, 'half-made userland of process 99999999'])
  t.ok(freedBytes >= 0)
  t.strictSame(readdirSync(userlands).sort(), [alive.split('/').at(-1), keyOf({ name: 'new' })].sort())
})

void t.test('prune leaves what another holds', async (t) => {
  const { userlands } = emptyCache(t)
  await ensureEntry(smallEntry('held'), quiet)
  mkdirSync(join(userlands, `${keyOf({ name: 'held' })}.lock`))
  t.strictSame((await pruneEntries(-1)).removed, [])
  t.equal((await listEntries()).length, 1)
})

void t.test('use counts, not age: the newest use comes first', async (t) => {
  emptyCache(t)
  const first = await ensureEntry(smallEntry('first'), quiet)
  await ensureEntry(smallEntry('second'), quiet)
  utimesSync(first.directory, 1, 1)
  await ensureEntry(smallEntry('first'), quiet)
  t.ok(Date.now() - statSync(first.directory).mtimeMs < 60_000)
  utimesSync(first.directory, new Date(), new Date(Date.now() + 5_000))
  t.strictSame(
    (await listEntries()).map(({ manifest }) => manifest.label),
    ['userland first', 'userland second'],
  )
})

void t.test('saved clusters are trimmed to a limit, the longest unused first, and never one in use', async (t) => {
  emptyCache(t)
  const entries: { name: string; key: string }[] = []
  for (const [name, hoursAgo] of [
    ['old', 5],
    ['older', 9],
    ['new', 0],
  ] as const) {
    const { directory, manifest } = await ensureEntry({ ...smallEntry(name), kind: 'snapshot' }, quiet)
    const used = Date.now() / 1000 - hoursAgo * 3_600
    utimesSync(directory, used, used)
    entries.push({ name, key: manifest.key })
  }
  const keyOfEntry = (name: string): string => entries.find((entry) => entry.name === name)!.key
  const [{ bytes } = { bytes: 0 }] = await listEntries()
  t.strictSame(await trimSnapshots(2 * bytes), [keyOfEntry('older')], 'one more than the limit allows')
  t.strictSame(await trimSnapshots(0), [keyOfEntry('old')], 'what was used within the hour stays')
  t.equal((await listEntries()).length, 1)
})
