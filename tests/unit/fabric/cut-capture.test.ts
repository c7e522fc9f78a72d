import { execFile } from 'node:child_process'
import { access, appendFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { cutCapture } from '../../../src/fabric/index.ts'
import { enhancedPacket, interfaceDescription, sectionHeader } from '../../../src/fabric/pcapng.ts'

const run = promisify(execFile)
const skip = await access('/usr/bin/tshark').then(
  () => false as const,
  () => 'tshark is not installed',
)
const EPOCH_MS = 1_700_000_000_000

/** One frame each ms; an interface that came late describes itself in the middle. */
function capture(frames: number, late: number): Buffer {
  const packet = (n: number): Uint8Array =>
    enhancedPacket({
      ...{ interfaceIndex: n > late ? 1 : 0, timeNs: BigInt(EPOCH_MS + n) * 1_000_000n },
      frame: new Uint8Array(100).fill(n % 251),
    })
  const blocks = Array.from({ length: frames }, (_, n) => (n === late ? interfaceDescription('late:eth0') : packet(n)))
  return Buffer.concat([sectionHeader('lvslab'), interfaceDescription('a:eth0'), ...blocks])
}

void t.test('the first and the last frames stay, and another reader reads them', { skip }, async (t) => {
  const path = join(t.testdir(), 'lan.pcapng')
  await writeFile(path, capture(1001, 500))
  const { bytes, note } = await cutCapture(path, { limit: 20_000, headShare: 0.25 })
  t.equal((await stat(path)).size, bytes)
  t.ok(bytes <= 20_000 && bytes > 18_000, `${bytes} bytes`)
  const { stdout } = await run('tshark', [
    '-r',
    path,
    '-T',
    'fields',
    '-e',
    'frame.time_epoch',
    '-e',
    'frame.interface_name',
  ])
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
  const ms = rows.map(([epoch]) => Math.round(Number(epoch) * 1000) - EPOCH_MS)
  const gap = ms.findIndex((at, index) => index > 0 && at - ms[index - 1]! > 1)
  t.equal(ms[0], 0)
  t.equal(ms.at(-1), 1000)
  t.equal(rows[gap - 1]?.[1], 'a:eth0')
  t.equal(rows.at(-1)?.[1], 'late:eth0', 'its description was kept')
  t.ok(gap / ms.length > 0.2 && gap / ms.length < 0.27, 'a quarter is the begin')
  const iso = (at: number): string => new Date(EPOCH_MS + at).toISOString()
  const cut = `kept the first ${gap} and the last ${ms.length - gap} of 1000 frames`
  t.equal(note, `${cut}; those from ${iso(ms[gap - 1]! + 1)} to ${iso(ms[gap]! - 1)} were cut out`)
  t.match((await run('capinfos', ['-k', path])).stdout, cut, 'and the file itself says so')
  t.strictSame(await readdir(join(path, '..')), ['lan.pcapng'], 'nothing temporary is left')
})

void t.test('a last block that is not whole goes', { skip }, async (t) => {
  const path = join(t.testdir(), 'lan.pcapng')
  await writeFile(path, capture(200, Infinity))
  await appendFile(path, enhancedPacket({ interfaceIndex: 0, timeNs: 1n, frame: new Uint8Array(90) }).subarray(0, 60))
  await cutCapture(path, { limit: 8_000, headShare: 0.25 })
  const { stdout } = await run('tshark', ['-r', path, '-T', 'fields', '-e', 'frame.time_epoch'])
  t.equal(Math.round(Number(stdout.trim().split('\n').at(-1)) * 1000) - EPOCH_MS, 199)
})
