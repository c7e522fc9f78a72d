import { open, rename, rm, stat, writeFile } from 'node:fs/promises'

/** What a text file of a claim's evidence may have, bytes; a console in a loop would fill the disk and every reader. */
export const TEXT_LIMIT = 4 * 1024 * 1024

/** How much of that is the file's begin: how it came to it is there, how it broke at the end. */
const HEAD_SHARE = 0.25

/**
 * Cuts the middle out of a text file that is too large, and says in its place how much that was. Captures are not text:
 * they stay whole.
 * @returns the file's size afterwards, bytes
 * @throws NodeJS.ErrnoException when it cannot be read or written
 */
export async function boundText(path: string, limit = TEXT_LIMIT): Promise<number> {
  const { size } = await stat(path)
  if (size <= limit) return size
  const head = Math.floor(limit * HEAD_SHARE)
  const note = Buffer.from(`[lvslab: the file had ${size} bytes; its middle was cut out here]`)
  const tail = limit - head - note.length - 2
  const temporary = `${path}.cut`
  const from = await open(path)
  try {
    const parts = [await bytesOf(from, 0, head), Buffer.from('\n'), note, Buffer.from('\n')]
    await writeFile(temporary, Buffer.concat([...parts, await bytesOf(from, size - tail, tail)]))
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await from.close()
  }
  return limit
}

async function bytesOf(file: Awaited<ReturnType<typeof open>>, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}
