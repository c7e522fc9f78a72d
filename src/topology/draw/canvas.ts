import { styleText } from 'node:util'

export type Style = 'network' | 'owner' | 'name' | 'dim' | 'bad' | 'plain'

const formats: Readonly<Record<Exclude<Style, 'plain'>, Parameters<typeof styleText>[0]>> = {
  network: 'cyan',
  owner: 'green',
  name: 'bold',
  dim: 'dim',
  bad: 'red',
}

interface Cell {
  readonly char: string
  readonly style: Style
}

/** Characters on a grid that grows as it is written on. Every character must be one column wide. */
export class Canvas {
  readonly #rows: Cell[][] = []

  put(row: number, column: number, text: string, style: Style = 'plain'): void {
    while (this.#rows.length <= row) this.#rows.push([])
    const cells = this.#rows[row] ?? []
    ;[...text].forEach((char, offset) => {
      while (cells.length <= column + offset) cells.push({ char: ' ', style: 'plain' })
      cells[column + offset] = { char, style }
    })
  }

  toString(color: boolean): string {
    return this.#rows.map((cells) => (color ? colored(cells) : plain(cells)).trimEnd()).join('\n')
  }
}

function plain(cells: readonly Cell[]): string {
  return cells.map(({ char }) => char).join('')
}

function colored(cells: readonly Cell[]): string {
  let line = ''
  for (let start = 0; start < cells.length;) {
    const style = cells[start]?.style ?? 'plain'
    let end = start
    while (end < cells.length && cells[end]?.style === style) end++
    const text = plain(cells.slice(start, end))
    line += style === 'plain' ? text : styleText(formats[style], text, { validateStream: false })
    start = end
  }
  return line
}
