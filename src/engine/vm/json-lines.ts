/** Cuts a byte stream into lines and hands each over as parsed JSON; what is not JSON is passed over. */
export class JsonLines {
  readonly #onMessage: (message: Record<string, unknown>) => void
  #parts: Buffer[] = []

  constructor(onMessage: (message: Record<string, unknown>) => void) {
    this.#onMessage = onMessage
  }

  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#parts.push(chunk.subarray(start, end))
      this.#line(Buffer.concat(this.#parts))
      this.#parts = []
      start = end + 1
    }
    if (start < chunk.length) this.#parts.push(chunk.subarray(start))
  }

  #line(line: Buffer): void {
    // The guest agent marks the answer to guest-sync-delimited with a byte that no JSON contains.
    const text = line
      .subarray(line.lastIndexOf(0xff) + 1)
      .toString('utf8')
      .trim()
    if (text === '') return
    let message: unknown
    try {
      message = JSON.parse(text)
    } catch {
      return
    }
    if (typeof message === 'object' && message !== null) this.#onMessage(message as Record<string, unknown>)
  }
}
