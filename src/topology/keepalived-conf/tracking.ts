import type { Block } from './block.ts'
import { TRACK_SCRIPT_DEFAULTS } from './defaults.ts'
import type { Tracked, VrrpScript } from './model.ts'
import type { Statement } from './statement.ts'

const seconds = { min: 0, max: 4_294_967, decimal: true }

/** vrrp_parser.c, vrrp_vscript_*_handler: a time of 0 is taken as 1 s. */
export function readVrrpScript(block: Block): VrrpScript {
  const time = (keyword: string): number | undefined => {
    const value = block.number(seconds, keyword)
    return value === 0 ? 1 : value
  }
  const intervalS = time('interval') ?? TRACK_SCRIPT_DEFAULTS.intervalS
  const weight = block.last('weight')
  return {
    name: block.word(block.statement).text,
    intervalS,
    // vrrp_scheduler.c, vrrp_script_thread.
    timeoutS: time('timeout') ?? intervalS,
    rise: block.number({ min: 1, max: 2 ** 31 - 1 }, 'rise') ?? TRACK_SCRIPT_DEFAULTS.rise,
    fall: block.number({ min: 1, max: 2 ** 31 - 1 }, 'fall') ?? TRACK_SCRIPT_DEFAULTS.fall,
    weight: weight === undefined ? TRACK_SCRIPT_DEFAULTS.weight : readWeight(block, weight.values),
    reverse: weight?.values[1]?.text === 'reverse',
  }
}

/** The lines of `track_script` or `track_interface`: a name, and `weight N [reverse]` where it has one of its own. */
export function readTracked(blocks: readonly Block[]): Tracked[] {
  return blocks.flatMap((block) => (block.statement.block ?? []).map((line) => tracked(block, line)))
}

function tracked(block: Block, { keyword, values }: Statement): Tracked {
  const at = values.findIndex(({ text }) => text === 'weight')
  if (at < 0) return { name: keyword }
  const rest = values.slice(at + 1)
  const word = rest[1]?.text
  return {
    name: keyword,
    weight: readWeight(block, rest),
    ...(word === 'reverse' ? { reverse: true } : word === 'noreverse' ? { reverse: false } : {}),
  }
}

/** -253 to 253; older configurations have 254, which keepalived takes as 253 (vrrp_track.c, alloc_track_script). */
function readWeight(block: Block, values: Statement['values']): number {
  const [word] = values
  if (word === undefined || !/^[+-]?\d+$/.test(word.text) || Math.abs(Number(word.text)) > 254) {
    return block.refuse(
      word ?? { text: '', quoted: false, at: block.statement.at },
      `the weight is "${word?.text ?? ''}", outside -253..253`,
    )
  }
  return Math.max(-253, Math.min(253, Number(word.text)))
}
