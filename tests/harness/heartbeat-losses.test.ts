/**
 * heartbeat may lose a message of its own scripts, and then holds nothing for ever. The claims must find that out by
 * themselves, say it as a finding, and judge what heartbeat does when its messages come through. That they turn red when
 * those are lost then too, is in the table of breakages (garbled-requests, torn-requests).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import t from 'tap'
import { whyNot } from '../../src/report/index.ts'
import { proveOne } from './support/prove.ts'

t.setTimeout(0)

const full = process.env['LVSLAB_HARNESS'] === 'full'
const out = await mkdtemp('/tmp/lvslab-losses-')
t.teardown(async () => rm(out, { recursive: true, force: true }))

const start = /does not always take its resources when it starts: .*took the first piece of a message for the whole/
const back = /does not always get its resources back when it returns: .*took the first piece of a message for the whole/
const losses = [
  { name: 'torn-question', id: '000-3', finding: start },
  { name: 'torn-answer', id: '000-3', finding: start },
  { name: 'torn-question', id: '000-9', finding: back },
  { name: 'torn-answer', id: '000-9', finding: back },
]
for (const { name, id, finding } of losses) {
  void t.test(`${id}, ${name}`, { skip: full ? false : 'LVSLAB_HARNESS=full' }, async (t) => {
    const record = await proveOne('nat-heartbeat', id, { outDir: `${out}/${name}`, sabotage: name, attempts: 1 })
    t.match({ verdict: record.verdict, reason: whyNot(record) ?? '' }, { verdict: 'pass', reason: '' })
    const told = record.findings.filter(({ text }) => finding.test(text))
    t.equal(told.length, 1, 'the loss is a finding, once')
    t.match(told[0]?.evidence, /Message with zero fields/, 'with the line by which heartbeat says so')
    t.comment(`${(record.durationMs / 1000).toFixed(1)} s`)
  })
}
