import { UsageError } from '../errors.ts'
import type { ImpairmentSpec } from '../fabric/index.ts'
import { count, percent, sizeBytes, rateBits, span, writePercent, writeRate, Words } from './impairment-words.ts'

/** What others are delayed by when a person asks only for reordering: tc-netem(8)'s own example. */
const REORDER_DELAY_MS = 10

export type ImpairmentName = Exclude<keyof ImpairmentSpec, 'seed'>

interface Grammar {
  readonly form: string
  readonly example: string
  /** Undefined if the words are not of this form. */
  readonly read: (words: Words) => ImpairmentSpec | undefined
}

/** How each impairment is typed: words with commas between them. Any may be followed by `seed=NUMBER`. */
export const IMPAIRMENT_GRAMMARS: Readonly<Record<ImpairmentName, Grammar>> = {
  loss: { form: 'PERCENT', example: '10%', read: (words) => probability('loss', words) },
  delay: { form: 'TIME[±TIME][,normal]', example: '20ms±5ms', read: readDelay },
  duplicate: { form: 'PERCENT', example: '1%', read: (words) => probability('duplicate', words) },
  reorder: { form: 'PERCENT[,gap=N][,TIME]', example: '25%,10ms', read: readReorder },
  rate: { form: 'RATE[,queue=SIZE]', example: '10mbit', read: readRate },
  corrupt: { form: 'PERCENT', example: '0.1%', read: (words) => probability('corrupt', words) },
}

/**
 * Reads what a person typed: `parseImpairment('delay', '20ms±5ms,normal')`.
 *
 * @throws UsageError `LVSLAB_E_FAULT_TARGET`
 */
export function parseImpairment(name: ImpairmentName, text: string): ImpairmentSpec {
  const { form, example, read } = IMPAIRMENT_GRAMMARS[name]
  const words = new Words(text)
  const seed = words.take(count('seed'))
  const spec = read(words)
  if (spec === undefined || words.left.length > 0) {
    const what = words.left.length > 0 ? `cannot read "${words.left[0]}"` : 'something is missing'
    throw new UsageError('LVSLAB_E_FAULT_TARGET', `${what} in ${name} ${text === '' ? 'of nothing' : text}`, {
      todo: `the form is ${form}[,seed=N], for example ${example}`,
    })
  }
  return seed === undefined ? spec : { ...spec, seed }
}

/** "loss", or "impair" where there are several. */
export function impairmentName(spec: ImpairmentSpec): string {
  const names = namesIn(spec)
  return names.length === 1 ? names[0]! : 'impair'
}

/** As it could be typed; where there are several, each with its name. */
export function describeImpairment(spec: ImpairmentSpec): string {
  const names = namesIn(spec)
  const seed = spec.seed === undefined ? '' : `,seed=${spec.seed}`
  return names.map((name) => (names.length === 1 ? '' : `${name} `) + write(name, spec)).join(' ') + seed
}

/** A delay that reordering needs anyway is a part of how that is typed. */
function namesIn(spec: ImpairmentSpec): ImpairmentName[] {
  const names = (Object.keys(IMPAIRMENT_GRAMMARS) as ImpairmentName[]).filter((name) => spec[name] !== undefined)
  return spec.reorder === undefined ? names : names.filter((name) => name !== 'delay')
}

function write(name: ImpairmentName, { delay, reorder, rate, ...probabilities }: ImpairmentSpec): string {
  switch (name) {
    case 'delay': {
      const { ms, jitterMs = 0, distribution } = delay!
      return `${ms}ms${jitterMs > 0 ? `±${jitterMs}ms` : ''}${distribution === 'normal' ? ',normal' : ''}`
    }
    case 'reorder': {
      const { probability: chance = 1, gap } = reorder!
      return [
        writePercent(chance),
        ...(gap === undefined ? [] : [`gap=${gap}`]),
        write('delay', { delay: delay! }),
      ].join()
    }
    case 'rate':
      return [writeRate(rate!.bitsPerSecond), ...(rate!.queueBytes ? [`queue=${rate!.queueBytes}B`] : [])].join()
    case 'loss':
    case 'duplicate':
    case 'corrupt':
      return writePercent(probabilities[name]!)
  }
}

function probability(name: 'loss' | 'duplicate' | 'corrupt', words: Words): ImpairmentSpec | undefined {
  const value = words.take(percent)
  return value === undefined ? undefined : { [name]: value }
}

function readDelay(words: Words): ImpairmentSpec | undefined {
  const delay = words.take(span)
  if (delay === undefined) return undefined
  const normal = words.take((word) => (word === 'normal' ? true : undefined))
  return { delay: normal === undefined ? delay : { ...delay, distribution: 'normal' } }
}

function readReorder(words: Words): ImpairmentSpec | undefined {
  const chance = words.take(percent)
  const gap = words.take(count('gap'))
  if (chance === undefined && gap === undefined) return undefined
  const delay = readDelay(words)?.delay ?? { ms: REORDER_DELAY_MS }
  return { reorder: { probability: chance ?? 1, ...(gap === undefined ? {} : { gap }) }, delay }
}

function readRate(words: Words): ImpairmentSpec | undefined {
  const bitsPerSecond = words.take(rateBits)
  if (bitsPerSecond === undefined) return undefined
  const queueBytes = words.take((word) => (word.startsWith('queue=') ? sizeBytes(word.slice(6)) : undefined))
  return { rate: { bitsPerSecond, ...(queueBytes === undefined ? {} : { queueBytes }) } }
}
