/** Colours of a terminal, or none. */
export interface Ink {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
  readonly name: (text: string) => string
}

export function ink(color: boolean): Ink {
  const paint =
    (on: number, off: number) =>
    (text: string): string =>
      color && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    good: paint(32, 39),
    bad: paint(31, 39),
    warn: paint(33, 39),
    name: paint(36, 39),
  }
}

/** Whether a stream may have colours: NO_COLOR (no-color.org), FORCE_COLOR, and whether it is a terminal at all. */
export function mayColor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}

/** Columns to write in; 80 where there is no terminal, and never too few to write anything. */
export function widthOf(stream: { readonly columns?: number }, env: NodeJS.ProcessEnv = process.env): number {
  const columns = stream.columns ?? Number(env['COLUMNS'])
  return Number.isFinite(columns) && columns > 0 ? Math.max(40, columns) : 80
}
