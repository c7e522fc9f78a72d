/**
 * Frames that wait for the end of a loop turn. A record that lies right behind the one before it, in the same memory,
 * joins it: a bulk transfer leaves as the very chunk that it came in, in one write.
 */
export class Outbox {
  #records: Uint8Array[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  add(record: Uint8Array): void {
    this.#bytes += record.length
    const last = this.#records.at(-1)
    if (last?.buffer === record.buffer && last.byteOffset + last.length === record.byteOffset) {
      const joined = new Uint8Array(last.buffer, last.byteOffset, last.length + record.length)
      this.#records[this.#records.length - 1] = joined
    } else {
      this.#records.push(record)
    }
  }

  /** Everything that was added since the last time, in order. */
  take(): Uint8Array[] {
    const taken = this.#records
    this.#records = []
    this.#bytes = 0
    return taken
  }
}
