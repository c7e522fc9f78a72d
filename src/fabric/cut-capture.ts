import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { ENHANCED_PACKET, sectionHeader } from './pcapng.ts'

export interface CaptureCut {
  /** What the file may have, bytes. */
  readonly limit: number
  /** How much of it is for the first frames; the rest is for the last. */
  readonly headShare: number
}

interface Block {
  readonly offset: number
  readonly bytes: number
  readonly isPacket: boolean
}

const READ_BYTES = 1 << 20
/** Type, length, and of a packet the interface and both halves of the time. */
const HEAD_BYTES = 20
/** More than the comment takes. */
const COMMENT_BYTES = 512

/**
 * Cuts frames out of the middle of a capture that {@link CaptureWriter} wrote, between two blocks, so that every reader
 * still reads it; what was cut stands in the section's comment, which capinfos(1) and Wireshark show. A last block that is not
 * whole goes.
 *
 * @returns the size afterwards, bytes, and which part was kept
 * @throws NodeJS.ErrnoException when it cannot be read or written
 */
export async function cutCapture(
  path: string,
  { limit, headShare }: CaptureCut,
): Promise<{ readonly bytes: number; readonly note: string }> {
  const temporary = `${path}.cut`
  const from = await open(path)
  try {
    const to = await open(temporary, 'w')
    try {
      const blocks = await blocksOf(from)
      const { head, tail, frames } = choose(blocks, limit, headShare)
      const cut = blocks.slice(head, tail).filter(({ isPacket }) => isPacket)
      const first = blocks.slice(0, head).filter(({ isPacket }) => isPacket).length
      const last = frames - first - cut.length
      const [begin, end] = [cut[0], cut.at(-1)]
      const note =
        `kept the first ${first} and the last ${last} of ${frames} frames; ` +
        `those from ${begin ? await timeOf(from, begin) : '?'} to ${end ? await timeOf(from, end) : '?'} were cut out`
      await to.appendFile(sectionHeader('lvslab', note))
      for (const { offset, bytes } of [
        joined(blocks.slice(1, head)),
        ...blocks.slice(head, tail).filter(({ isPacket }) => !isPacket),
        joined(blocks.slice(tail)),
      ]) {
        await copy(from, to, offset, bytes)
      }
      await to.sync()
      const { size } = await to.stat()
      await rename(temporary, path)
      return { bytes: size, note }
    } finally {
      await to.close()
    }
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  } finally {
    await from.close()
  }
}

/** Blocks before `head` and from `tail` on are kept; between, only what describes the others. */
function choose(
  blocks: readonly Block[],
  limit: number,
  headShare: number,
): { readonly head: number; readonly tail: number; readonly frames: number } {
  const sum = (some: readonly Block[]): number => some.reduce((total, { bytes }) => total + bytes, 0)
  const packets = blocks.filter(({ isPacket }) => isPacket)
  const room = Math.max(0, limit - (sum(blocks) - sum(packets)) - COMMENT_BYTES)
  const forHead = room * headShare
  let [head, used] = [1, 0]
  for (; head < blocks.length; head++) {
    const { isPacket, bytes } = blocks[head]!
    if (isPacket && used + bytes > forHead) break
    if (isPacket) used += bytes
  }
  let tail = blocks.length
  for (; tail > head; tail--) {
    const { isPacket, bytes } = blocks[tail - 1]!
    if (isPacket && used + bytes > room) break
    if (isPacket) used += bytes
  }
  return { head, tail, frames: packets.length }
}

async function blocksOf(file: FileHandle): Promise<Block[]> {
  const { size } = await file.stat()
  const blocks: Block[] = []
  const buffer = Buffer.alloc(READ_BYTES)
  let [start, length] = [0, 0]
  for (let offset = 0; offset + HEAD_BYTES <= size;) {
    if (offset + 8 > start + length) {
      start = offset
      length = (await file.read(buffer, 0, READ_BYTES, start)).bytesRead
      if (length < 8) break
    }
    const at = offset - start
    const bytes = buffer.readUInt32LE(at + 4)
    // A file that another program wrote over; nothing of it is known from here on.
    if (bytes < 12 || offset + bytes > size) break
    blocks.push({ offset, bytes, isPacket: buffer.readUInt32LE(at) === ENHANCED_PACKET })
    offset += bytes
  }
  return blocks
}

/** ISO 8601, to the millisecond: the writer's times are ns since the epoch. */
async function timeOf(file: FileHandle, { offset }: Block): Promise<string> {
  const { buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, offset)
  const ns = (BigInt(buffer.readUInt32LE(12)) << 32n) + BigInt(buffer.readUInt32LE(16))
  return new Date(Number(ns / 1_000_000n)).toISOString()
}

/** Blocks that follow each other, as one. */
function joined(blocks: readonly Block[]): Pick<Block, 'offset' | 'bytes'> {
  const [first, last] = [blocks[0], blocks.at(-1)]
  return first && last
    ? { offset: first.offset, bytes: last.offset + last.bytes - first.offset }
    : { offset: 0, bytes: 0 }
}

async function copy(from: FileHandle, to: FileHandle, offset: number, bytes: number): Promise<void> {
  const buffer = Buffer.alloc(Math.min(READ_BYTES, bytes))
  for (let done = 0; done < bytes;) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(READ_BYTES, bytes - done), offset + done)
    if (bytesRead === 0) return
    await to.appendFile(buffer.subarray(0, bytesRead))
    done += bytesRead
  }
}
