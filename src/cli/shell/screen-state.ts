/** Programs switch these on and off again (xterm, "Private Modes"); hanging up must do it for them. */
const RESET_IF_ON = ['1049', '1047', '47', '1000', '1002', '1003', '1006', '2004', '1004', '1']

/** Follows which private modes what it is shown has switched on, to undo them. */
export class ScreenState {
  readonly #on = new Set<string>()
  #rest = ''

  push(chunk: Buffer): void {
    // A sequence may be cut in two: the end of a chunk is looked at again with the next.
    const text = this.#rest + chunk.toString('latin1')
    for (const [, modes = '', end] of text.matchAll(/\u001b\[\?([\d;]+)([hl])/g)) {
      for (const mode of modes.split(';')) {
        if (end === 'h') this.#on.add(mode)
        else this.#on.delete(mode)
      }
    }
    const escape = text.lastIndexOf('\u001b')
    this.#rest =
      escape >= 0 && text.length - escape < 20 && !/[a-zA-Z]/.test(text.slice(escape)) ? text.slice(escape) : ''
  }

  /** What brings a terminal back: modes, colours, the cursor. */
  undo(): string {
    const modes = RESET_IF_ON.filter((mode) => this.#on.has(mode)).map((mode) => `\u001b[?${mode}l`)
    return `${modes.join('')}\u001b[?25h\u001b[0m`
  }
}
