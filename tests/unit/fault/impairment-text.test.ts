import t from 'tap'
import type { ImpairmentSpec } from '../../../src/fabric/index.ts'
import { checkImpairment } from '../../../src/fabric/index.ts'
import {
  describeImpairment,
  impairmentName,
  parseImpairment,
  type ImpairmentName,
} from '../../../src/fault/impairment-text.ts'

const typed: [name: ImpairmentName, text: string, spec: ImpairmentSpec, written?: string][] = [
  ['loss', '10%', { loss: 0.1 }],
  ['loss', '0.5%,seed=7', { loss: 0.005, seed: 7 }],
  ['duplicate', '1%', { duplicate: 0.01 }],
  ['corrupt', '100%', { corrupt: 1 }],
  ['delay', '20ms', { delay: { ms: 20 } }],
  ['delay', '20ms±5ms', { delay: { ms: 20, jitterMs: 5 } }],
  [
    'delay',
    '1.5s+-200ms,normal',
    { delay: { ms: 1500, jitterMs: 200, distribution: 'normal' } },
    '1500ms±200ms,normal',
  ],
  ['delay', 'seed=3,200us', { delay: { ms: 0.2 }, seed: 3 }, '0.2ms,seed=3'],
  ['reorder', '25%', { reorder: { probability: 0.25 }, delay: { ms: 10 } }, '25%,10ms'],
  ['reorder', 'gap=5,20ms', { reorder: { probability: 1, gap: 5 }, delay: { ms: 20 } }, '100%,gap=5,20ms'],
  ['rate', '10mbit', { rate: { bitsPerSecond: 1e7 } }],
  ['rate', '500kbit,queue=64kB', { rate: { bitsPerSecond: 5e5, queueBytes: 64_000 } }, '500kbit,queue=64000B'],
  ['rate', '1.5Mbit,queue=64KiB', { rate: { bitsPerSecond: 1.5e6, queueBytes: 65_536 } }, '1.5mbit,queue=65536B'],
]

void t.test('what is typed is read, and written as it can be typed', async (t) => {
  for (const [name, text, spec, written = text] of typed) {
    t.same(parseImpairment(name, text), spec, text)
    checkImpairment(spec)
    t.equal(impairmentName(spec), name)
    t.equal(describeImpairment(spec), written)
    t.same(parseImpairment(name, written), spec, written)
  }
  t.equal(describeImpairment({ loss: 0.1, delay: { ms: 5 } }), 'loss 10% delay 5ms')
  t.equal(impairmentName({ loss: 0.1, delay: { ms: 5 } }), 'impair')
})

const mistyped: [name: ImpairmentName, text: string, message: RegExp][] = [
  ['loss', '', /something is missing/],
  ['loss', '10', /cannot read "10"/],
  ['loss', '0%', /cannot read "0%"/],
  ['loss', '101%', /cannot read "101%"/],
  ['loss', '10%,20%', /cannot read "20%"/],
  ['loss', '10%,seed=x', /cannot read "seed=x"/],
  ['delay', '20', /cannot read "20"/],
  ['delay', '20ms±30ms', /cannot read "20ms±30ms"/],
  ['delay', '20ms,pareto', /cannot read "pareto"/],
  ['delay', '-5ms', /cannot read "-5ms"/],
  ['reorder', '10ms', /cannot read "10ms"/],
  ['reorder', 'gap=0', /cannot read "gap=0"/],
  ['rate', '10', /cannot read "10"/],
  ['rate', '0mbit', /cannot read "0mbit"/],
  ['rate', '10mbit,queue=many', /cannot read "queue=many"/],
]

void t.test('what cannot be read is named, with the form that it should have', async (t) => {
  for (const [name, text, message] of mistyped) {
    t.throws(() => parseImpairment(name, text), { code: 'LVSLAB_E_FAULT_TARGET', message, todo: /the form is / }, text)
  }
})
