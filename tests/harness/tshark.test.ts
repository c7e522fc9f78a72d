import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import t from 'tap'
import type { ClaimRecord } from '../../src/run/record.ts'
import { proveOne } from './support/prove.ts'
import { compareWithTshark, fieldsByTshark } from './support/timeline-by-tshark.ts'

t.setTimeout(0)

interface Advert {
  readonly atMs: number
  readonly srcIp: string
}

/** What an independent reader makes of the capture: every advert with its time. */
async function advertsByTshark(capture: string): Promise<Advert[]> {
  const frames = await fieldsByTshark(capture, 'vrrp', ['frame.time_epoch', 'ip.src'])
  return frames.map(([epoch, srcIp]) => ({ atMs: Number(epoch) * 1000, srcIp: srcIp! }))
}

/** Whose address each gratuitous ARP frame announces. */
async function announcedByTshark(capture: string): Promise<string[]> {
  const frames = await fieldsByTshark(capture, 'arp.isgratuitous == 1', ['arp.src.proto_ipv4'])
  return frames.map(([address]) => address!)
}

void t.test(
  'tshark reads the capture of a failover and agrees with the reported times to the millisecond',
  async (t) => {
    if (!existsSync('/usr/bin/tshark'))
      return void t.pass('tshark is not installed', { skip: 'tshark is not installed' })
    const outDir = await mkdtemp(join(tmpdir(), 'lvslab-tshark-'))
    t.teardown(() => rm(outDir, { recursive: true, force: true }))
    const record = await proveOne('dr-vrrp', '004-4', { outDir })
    const capture = record.evidence.find(({ kind }) => kind === 'capture')
    const adverts = await advertsByTshark(join(outDir, capture!.path))
    const first = adverts.findIndex(({ srcIp }) => srcIp === '192.168.88.9')
    const gapMs = adverts[first]!.atMs - adverts[first - 1]!.atMs
    t.equal(adverts[first - 1]!.srcIp, '192.168.88.8', 'the master advertised before')

    const announced = new Set(await announcedByTshark(join(outDir, capture!.path)))
    t.same([...announced], ['192.168.88.100'], 'copies of machines announce nothing of their own accord')

    const reported = record.figures.find(({ name }) => name === 'takeover after the last advert')!.value
    t.ok(Math.abs(gapMs - reported) < 1, `tshark: ${gapMs.toFixed(3)} ms, reported: ${reported.toFixed(3)} ms`)
    const at = (kind: string): number => record.timelines[0]!.events.find((event) => event.kind === kind)!.atMs
    const drawn = at('first advert') - at('last advert')
    t.ok(Math.abs(gapMs - drawn) < 1, `tshark: ${gapMs.toFixed(3)} ms, drawn: ${drawn.toFixed(3)} ms`)

    const captureOf = (network: string): string => {
      const found = record.evidence.find(({ path }) => basename(path) === `${network}.pcapng`)
      return join(outDir, found!.path)
    }
    const comparisons = await compareWithTshark(record.timelines[0]!, captureOf)
    const kinds = comparisons.map(({ event }) => event.kind)
    const must = ['last advert', 'first advert', 'gratuitous ARP', 'neighbour told', 'first request lost']
    for (const kind of [...must, 'first request served', 'first SYN answered', 'first HTTP answer']) {
      t.ok(kinds.includes(kind), `the timeline has: ${kind}`)
    }
    for (const { event, offByMs, problem } of comparisons) {
      t.equal(problem, undefined, `${event.kind} (${event.label}), ${offByMs?.toFixed(3) ?? '?'} ms off`)
    }
    t.equal(
      (JSON.parse(await readFile(join(outDir, 'claims', '004-4', 'claim.json'), 'utf8')) as ClaimRecord).id,
      '004-4',
    )
  },
)
