/** Lines of at most `width` characters, later ones hung by `hang`; a word longer than a line is cut. */
export function wrap(text: string, width: number, hang = 0): string[] {
  const lines: string[] = []
  let line: string[] = []
  const flush = () => {
    lines.push((lines.length > 0 ? ' '.repeat(hang) : '') + line.join(''))
    line = []
  }
  const room = () => width - (lines.length > 0 ? hang : 0)
  for (const word of text.split(' ')) {
    let letters = [...word]
    if (line.length > 0 && line.length + 1 + letters.length > room()) flush()
    if (line.length > 0) line.push(' ')
    while (line.length + letters.length > room()) {
      const fits = Math.max(1, room() - line.length)
      line.push(...letters.slice(0, fits))
      letters = letters.slice(fits)
      flush()
    }
    line.push(...letters)
  }
  if (line.length > 0 || lines.length === 0) flush()
  return lines
}
