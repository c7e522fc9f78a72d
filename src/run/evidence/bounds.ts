import { open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { cutCapture } from '../../fabric/index.ts'

/** What a text file of a claim's evidence may have, bytes; a console in a loop would fill the disk and every reader. */
export const TEXT_LIMIT = 4 * 1024 * 1024

/** What a capture may have: the largest of 61 claims had 0.12 MB; a flood must not fill the disk. */
export const CAPTURE_LIMIT = 16 * 1024 * 1024

/** What all of a claim's evidence may have together. */
export const CLAIM_LIMIT = 48 * 1024 * 1024

/** How much of a file that is cut is its begin: how it came to it is there, how it broke at the end. */
const HEAD_SHARE = 0.25

export interface Bounded {
  /** Afterwards. */
  readonly bytes: number
  /** Which part was kept; absent for a file that is whole. */
  readonly note?: string
}

/**
 * What each file may have, bytes, so that none has more than its own limit and all together no more than `whole`: small
 * ones stay as they are, and the large ones share the rest evenly.
 */
export function allowances(
  files: readonly { readonly bytes: number; readonly limit: number }[],
  whole: number,
): number[] {
  const wanted = files.map(({ bytes, limit }) => Math.min(bytes, limit))
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!)
  const given = wanted.map(() => 0)
  let left = whole
  for (const [place, index] of order.entries()) {
    given[index] = Math.min(wanted[index]!, Math.floor(left / (order.length - place)))
    left -= given[index]
  }
  return given
}

/**
 * Cuts the middle out of a file that is too large, and says which part was kept: a capture between two frames, in its own
 * comment too; a text in the place of the cut.
 *
 * @throws NodeJS.ErrnoException when it cannot be read or written
 */
export async function bound(path: string, limit: number): Promise<Bounded> {
  if (!path.endsWith('.pcapng')) return boundText(path, limit)
  const { size } = await stat(path)
  return size <= limit ? { bytes: size } : cutCapture(path, { limit, headShare: HEAD_SHARE })
}

/** @throws NodeJS.ErrnoException when it cannot be read or written */
export async function boundText(path: string, limit = TEXT_LIMIT): Promise<Bounded> {
  const { size } = await stat(path)
  if (size <= limit) return { bytes: size }
  const what = `the file had ${size} bytes; its middle was cut out`
  const note = Buffer.from(`\n[lvslab: ${what} here]\n`)
  const head = Math.floor(limit * HEAD_SHARE)
  const tail = Math.max(0, limit - head - note.length)
  const temporary = `${path}.cut`
  const from = await open(path)
  try {
    await writeFile(
      temporary,
      Buffer.concat([await bytesOf(from, 0, head), note, await bytesOf(from, size - tail, tail)]),
    )
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await from.close()
  }
  return { bytes: head + note.length + tail, note: what }
}

async function bytesOf(file: Awaited<ReturnType<typeof open>>, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  return buffer.subarray(0, bytesRead)
}
