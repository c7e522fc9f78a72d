import { open, stat, writeFile } from 'node:fs/promises'

/** What a machine's console says from now on: libvirt's file has the whole life of the machine, many claims long. */
export class ConsoleTail {
  readonly path: string
  readonly #source: string
  #offset = 0

  private constructor(source: string, path: string) {
    this.#source = source
    this.path = path
  }

  static async from(source: string, path: string): Promise<ConsoleTail> {
    const tail = new ConsoleTail(source, path)
    tail.#offset = await sizeOf(source)
    await writeFile(path, '')
    return tail
  }

  /** Brings {@link ConsoleTail.path} up to date. */
  async copy(): Promise<void> {
    // QEMU begins the file anew when the machine's power returns.
    if ((await sizeOf(this.#source)) < this.#offset) this.#offset = 0
    const file = await open(this.#source).catch(() => undefined)
    if (!file) return
    try {
      const bytes = Math.max(0, (await file.stat()).size - this.#offset)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, this.#offset)
      await writeFile(this.path, buffer.subarray(0, bytesRead))
    } finally {
      await file.close()
    }
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
