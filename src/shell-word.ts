/** A word for a POSIX shell, whatever it has in it; quoted only where it has to be, as a person would write it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
