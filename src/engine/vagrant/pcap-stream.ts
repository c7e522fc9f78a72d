/** Classic pcap (pcap-savefile(5)), as `tcpdump -w -` writes it while frames come. */
const MAGIC_MICROSECONDS = 0xa1b2c3d4
const MAGIC_NANOSECONDS = 0xa1b23c4d
const LINKTYPE_ETHERNET = 1
const FILE_HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16

export interface PcapPacket {
  /** Unix epoch of the machine that captured it, ms with a fraction. */
  readonly epochMs: number
  readonly frame: Uint8Array
}

/** What is no pcap stream of Ethernet frames. */
export class PcapError extends Error {
  override readonly name = 'PcapError'
}

/** Takes a stream of a savefile in chunks of any size, and gives its packets. Either byte order, µs or ns. */
export class PcapStream {
  #rest = Buffer.alloc(0)
  #little = true
  /** Units of a record's fraction in a ms; 0 until the header has come. */
  #perMs = 0

  /** @throws PcapError and must not be used again */
  push(chunk: Uint8Array, onPacket: (packet: PcapPacket) => void): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    if (this.#perMs === 0 && !this.#readFileHeader()) return
    let offset = 0
    while (this.#rest.length - offset >= RECORD_HEADER_BYTES) {
      const length = this.#u32(offset + 8)
      const end = offset + RECORD_HEADER_BYTES + length
      if (end > this.#rest.length) break
      const epochMs = this.#u32(offset) * 1000 + this.#u32(offset + 4) / this.#perMs
      onPacket({ epochMs, frame: Uint8Array.from(this.#rest.subarray(offset + RECORD_HEADER_BYTES, end)) })
      offset = end
    }
    this.#rest = this.#rest.subarray(offset)
  }

  #readFileHeader(): boolean {
    if (this.#rest.length < FILE_HEADER_BYTES) return false
    this.#little = this.#rest.readUInt32LE(0) === MAGIC_MICROSECONDS || this.#rest.readUInt32LE(0) === MAGIC_NANOSECONDS
    const magic = this.#u32(0)
    if (magic !== MAGIC_MICROSECONDS && magic !== MAGIC_NANOSECONDS) {
      throw new PcapError(`no pcap: it begins with ${this.#rest.subarray(0, 4).toString('hex')}`)
    }
    const linkType = this.#u32(20) & 0xffff
    if (linkType !== LINKTYPE_ETHERNET) throw new PcapError(`link type ${linkType}, which is not Ethernet`)
    this.#perMs = magic === MAGIC_NANOSECONDS ? 1e6 : 1e3
    this.#rest = this.#rest.subarray(FILE_HEADER_BYTES)
    return true
  }

  #u32(offset: number): number {
    return this.#little ? this.#rest.readUInt32LE(offset) : this.#rest.readUInt32BE(offset)
  }
}
