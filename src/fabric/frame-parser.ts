/** Bytes of length, big-endian, before each frame (QEMU net/stream.c; the same as `-netdev socket`). */
export const HEADER_BYTES = 4

/** QEMU's NET_BUFSIZE (include/net/net.h): it never sends more, and disconnects from who does. */
export const MAX_FRAME_BYTES = 4096 + 65536

/** A length that no frame can have. The stream cannot be resynchronised after it. */
export class FramingError extends Error {
  override readonly name = 'FramingError'
  constructor(lengthBytes: number) {
    super(`a frame of ${lengthBytes} bytes was announced, more than the ${MAX_FRAME_BYTES} that QEMU can send`)
  }
}

/**
 * Cuts QEMU's stream into records: the length header and its frame, still together, so that a record can be written to
 * another cable as it is. Records are views of the chunk that they came in; only one that straddles two chunks is copied.
 */
export class FrameParser {
  #straddling = new Uint8Array(0)
  #filled = 0

  /** @throws {FramingError} and must not be used again. */
  push(chunk: Uint8Array, onRecord: (record: Uint8Array) => void): void {
    let offset = this.#filled === 0 ? 0 : this.#complete(chunk, onRecord)
    while (chunk.length - offset >= HEADER_BYTES) {
      const end = offset + recordLength(chunk, offset)
      if (end > chunk.length) break
      onRecord(chunk.subarray(offset, end))
      offset = end
    }
    if (offset < chunk.length) this.#keep(chunk.subarray(offset))
  }

  /** Finishes the straddling record with the start of `chunk`; answers how many bytes that took. */
  #complete(chunk: Uint8Array, onRecord: (record: Uint8Array) => void): number {
    let taken = this.#fillTo(HEADER_BYTES, chunk)
    if (this.#filled < HEADER_BYTES) return taken
    const wanted = recordLength(this.#straddling, 0)
    taken += this.#fillTo(wanted, chunk.subarray(taken))
    if (this.#filled < wanted) return taken
    onRecord(this.#straddling.slice(0, wanted))
    this.#filled = 0
    return taken
  }

  #fillTo(length: number, from: Uint8Array): number {
    const part = from.subarray(0, Math.max(0, length - this.#filled))
    this.#keep(part)
    return part.length
  }

  #keep(part: Uint8Array): void {
    if (this.#straddling.length === 0) this.#straddling = new Uint8Array(HEADER_BYTES + MAX_FRAME_BYTES)
    this.#straddling.set(part, this.#filled)
    this.#filled += part.length
  }
}

/** A frame with its length before it. */
export function toRecord(frame: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + frame.length)
  new DataView(record.buffer).setUint32(0, frame.length)
  record.set(frame, HEADER_BYTES)
  return record
}

function recordLength(bytes: Uint8Array, offset: number): number {
  const lengthBytes = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_BYTES).getUint32(0)
  if (lengthBytes > MAX_FRAME_BYTES) throw new FramingError(lengthBytes)
  return HEADER_BYTES + lengthBytes
}
