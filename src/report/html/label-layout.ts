import { shorten } from '../text.ts'

/** A mark on a line that wants a label beside or below it. */
export interface Wanted {
  readonly x: number
  /** Width of the label's text, px. */
  readonly width: number
}

export interface Placed {
  /** Where the text begins. */
  readonly x: number
  /** 0 is the marks' own line, 1 the one below it… */
  readonly row: number
  /** The row of the mark itself, always at its own x: the text's row, or the one above when neither side had room. */
  readonly markRow: number
}

/** Room between a mark's middle and its text. */
const BESIDE = 10
const GAP = 10
const CLEAR = 7
/** Marks closer than this cannot be told apart on one line. */
const TOGETHER = 12

interface Box {
  readonly row: number
  readonly from: number
  readonly to: number
}

/**
 * Places labels so that none lies on another, on a mark, or (where it can be had) on the line that leads to another.
 * From the right to the left, each into the first row that has room: labels then form a staircase whose leaders do not
 * cross. Of marks at one place the first stays on the line and the others hang below it, in order of time.
 * @param left, right what the text must stay inside, px
 */
export function placeLabels(wanted: readonly Wanted[], left: number, right: number): Placed[] {
  const groups = groupsOf(wanted)
  const taken: Box[] = groups.flatMap(([first]) => (first ? [{ row: 0, ...around(first.x) }] : []))
  const leaders: { x: number; rows: number }[] = []
  const placed = new Map<Wanted, Placed>()

  const clear = (box: Box) =>
    !taken.some((other) => other.row === box.row && other.from < box.to && box.from < other.to)
  const crossed = (box: Box) =>
    leaders.some(({ x, rows }) => box.row > 0 && box.row <= rows && x > box.from - 3 && x < box.to + 3)
  const blocked = (x: number, row: number) =>
    taken.some((box) => box.row > 0 && box.row < row && box.from < x - CLEAR && x + CLEAR < box.to)

  const find = (want: Wanted, fromRow: number): Placed => {
    for (const strict of [true, false]) {
      for (let row = fromRow; row <= wanted.length + 1; row++) {
        const starts = [want.x + BESIDE, want.x - BESIDE - want.width]
        // A label nearly as wide as the picture fits on neither side.
        if (row > 0 && !starts.some((x) => x >= left && x + want.width <= right)) {
          starts.push(clamp(want.x - want.width / 2, left, right - want.width))
        }
        for (const [side, x] of starts.entries()) {
          const box = { row, from: x, to: x + want.width }
          if (box.from < left || box.to > right || !clear(box)) continue
          const markRow = side < 2 ? row : row - 1
          if (markRow > 0 && !clear({ row: markRow, ...around(want.x) })) continue
          if (markRow < fromRow) continue
          if (strict && (crossed(box) || blocked(want.x, row))) continue
          return { x, row, markRow }
        }
      }
    }
    return { x: left, row: wanted.length + 2, markRow: wanted.length + 1 }
  }

  for (const group of groups.toReversed()) {
    for (const [index, want] of group.entries()) {
      const spot = find(want, index === 0 ? 0 : 1)
      taken.push({ row: spot.row, from: spot.x, to: spot.x + want.width + GAP })
      if (spot.markRow > 0) {
        taken.push({ row: spot.markRow, ...around(want.x) })
        leaders.push({ x: want.x, rows: spot.markRow })
      }
      placed.set(want, spot)
    }
  }
  return wanted.map((want) => placed.get(want) ?? { x: want.x, row: 0, markRow: 0 })
}

function around(x: number): { from: number; to: number } {
  return { from: x - CLEAR, to: x + CLEAR }
}

/* `wanted` in order of time is in order of x. */
function groupsOf(wanted: readonly Wanted[]): Wanted[][] {
  const groups: Wanted[][] = []
  for (const want of wanted) {
    const first = groups.at(-1)?.[0]
    if (first && want.x - first.x < TOGETHER) groups.at(-1)?.push(want)
    else groups.push([want])
  }
  return groups
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value))
}

/** Width of `text` in px, estimated on the wide side: a page cannot know the reader's fonts. */
export function textWidth(text: string, fontPx: number): number {
  let em = 0
  for (const character of text)
    em += /[\u202f.,:;'’|il ]/.test(character) ? 0.36 : /[A-Z×mwMW@]/.test(character) ? 0.86 : 0.63
  return em * fontPx
}

/** `text`, shortened until it is at most `width` px wide by {@link textWidth}. */
export function fit(text: string, width: number, fontPx: number): string {
  let fitting = shorten(text, Math.ceil(width))
  for (let n = [...fitting].length - 1; n > 1 && textWidth(fitting, fontPx) > width; n--) fitting = shorten(text, n)
  return fitting
}

/** Round numbers for an axis: at most `count` of them, 1, 2 or 5 times a power of ten apart. */
export function ticks(from: number, to: number, count: number): number[] {
  const raw = Math.max(to - from, 1e-6) / Math.max(count, 1)
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10)
  const all: number[] = []
  for (let n = Math.ceil(from / step); n * step <= to; n++) all.push(n * step)
  return all
}
