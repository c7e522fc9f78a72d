/** The guest's part is a script of bash's: here it runs on this host, on a file in place of a table of the kernel. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import t from 'tap'
import { watchTable, type TableWatch } from '../../../src/cluster/table-watch.ts'
import type { Node } from '../../../src/cluster/node.ts'

const thisHost = {
  name: 'this host',
  succeed: async (command: string) => (await execa('sh', ['-c', command])).stdout,
} as unknown as Node

const TABLE = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0A864C8:0050 rr  persistent 1500 FFFFFFFF
  -> C0A8640D:0050      Route   0      0          0
  -> C0A8640C:0050      Masq    12     0          3
`
const SERVER = '-> C0A8640C:0050 +[A-Za-z]+ +[1-9]'
const QUIESCED = '-> C0A8640D:0050 +[A-Za-z]+ +[1-9]'

/** Long beside what a busy host stands still for. */
const TIMEOUT_MS = 2_000

const file = join(t.testdir({ table: TABLE }), 'table')
const watch = (pattern: string, wanted: 'present' | 'absent', timeoutMs = TIMEOUT_MS): Promise<TableWatch> =>
  watchTable(thisHost, { file, pattern, wanted, timeoutMs })

void t.test('what is so already is seen at the first look', async (t) => {
  t.same(await watch(SERVER, 'present'), { reached: true, notYetMs: 0 })
  t.same(await watch(QUIESCED, 'absent'), { reached: true, notYetMs: 0 })
  const notLoaded = { file: `${file}-not-loaded`, pattern: SERVER, wanted: 'absent', timeoutMs: TIMEOUT_MS } as const
  t.same(await watchTable(thisHost, notLoaded), { reached: true, notYetMs: 0 })
})

void t.test('what does not come is waited for to the end', async (t) => {
  for (const { reached, notYetMs } of await Promise.all([watch(SERVER, 'absent'), watch(QUIESCED, 'present')])) {
    t.notOk(reached)
    t.ok(notYetMs > TIMEOUT_MS / 2 && notYetMs < TIMEOUT_MS, `the last look was after ${notYetMs} ms`)
  }
})

void t.test('what comes is told with the last look before it', async (t) => {
  const watching = watch(SERVER, 'absent', 10_000)
  await pause(300)
  await writeFile(file, TABLE.replace(/.*C0A8640C.*\n/, ''))
  const { reached, notYetMs } = await watching
  t.ok(reached)
  t.ok(notYetMs > 100 && notYetMs < 5_000, `the last sight of it was after ${notYetMs} ms`)
})

void t.test('a guest that cannot look is no absence', async (t) => {
  const mute = { name: 'mute', succeed: () => Promise.resolve('') } as unknown as Node
  await t.rejects(watchTable(mute, { file, pattern: SERVER, wanted: 'absent', timeoutMs: TIMEOUT_MS }), {
    code: 'LVSLAB_E_COMMAND_FAILED',
  })
})
