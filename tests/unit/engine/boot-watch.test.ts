import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { BootWatch, lastWordsOfKernel } from '../../../src/engine/vm/boot-watch.ts'

/** Watches a console that `boot` writes to; answers why it was given up on, if it was within two seconds. */
async function watch(t: Test, ownTimeMs: number, boot: (consolePath: string) => Promise<void>): Promise<unknown> {
  const consolePath = join(t.testdir({ console: 'Linux version 6.1\n' }), 'console')
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      watch.stop()
      resolve(watch.hopeless)
    }
    const watch = new BootWatch({ consolePath, pid: process.pid, ownTimeMs }, done)
    const timer = setTimeout(done, 2_000)
    void boot(consolePath)
  })
}

void t.test('a machine that boots is left alone', async (t) => {
  t.equal(await watch(t, 60_000, async () => undefined), undefined)
})

void t.test('a kernel that panics is given up on, with its words', async (t) => {
  const words = 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)'
  t.equal(await watch(t, 60_000, (path) => appendFile(path, `[    3.1] ${words}\r\n[    3.2] CPU: 0\r\n`)), words)
})

void t.test('it is heard out first', async (t) => {
  const said: string[] = []
  const words = 'Kernel panic - not syncing: VFS: Unable to mount root fs'
  const why = await watch(t, 60_000, async (path) => {
    for (const part of [
      'Kernel panic - not syncing: VFS',
      words.slice(31),
      '\r\n',
      'trace\r\n',
      'more\r\n',
      'end\r\n',
    ]) {
      await appendFile(path, part)
      said.push(part)
      await pause(100)
    }
  })
  t.equal(why, words)
  t.equal(said.length, 6, 'nothing more came for a while')
})

void t.test('so is an initramfs that finds no root file system', async (t) => {
  const words = 'lvslab: no root file system on /dev/vda'
  t.equal(await watch(t, 60_000, (path) => appendFile(path, `${words}\n`)), words)
})

void t.test('and a machine that has had its time', async (t) => {
  t.match(await watch(t, 400, async () => undefined), /^0\.4 s of its own were not enough$/)
})

void t.test('a console that is not there has no last words', async (t) => {
  t.equal(lastWordsOfKernel(join(t.testdir({}), 'console')), undefined)
})
