import { randomBytes } from 'node:crypto'
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfrastructureError, messageOf } from '../errors.ts'

/** Enough for the record and the reports of a run of all claims: 61 claims took 3 MiB. */
const RESERVE_BYTES = 8 << 20
/** A claim leaves a capture and consoles of up to about 1 MiB; some dozen claims should find room. */
const LEAST_FREE_BYTES = 32 << 20

/**
 * Room on the disk of a run's folder that is kept for its end: where evidence has filled the disk, the record and the
 * reports of what was proven before can still be written.
 */
export class DiskRoom {
  readonly #path: string

  private constructor(path: string) {
    this.#path = path
  }

  /**
   * Makes the folder, and takes the room.
   *
   * @throws InfrastructureError `LVSLAB_E_DISK_FULL`
   */
  static async in(folder: string): Promise<DiskRoom> {
    const path = join(folder, '.reserve')
    const tried = `keep evidence and reports in ${folder}`
    try {
      await mkdir(folder, { recursive: true })
      const { bavail, bsize } = await statfs(folder)
      const freeBytes = bavail * bsize
      if (freeBytes < LEAST_FREE_BYTES + RESERVE_BYTES)
        throw full(tried, `${Math.floor(freeBytes / 2 ** 20)} MiB are free`)
      // Not zeros, which some file systems store as nothing.
      await writeFile(path, randomBytes(RESERVE_BYTES))
    } catch (error) {
      await rm(path, { force: true })
      throw diskFull(error, tried) ?? error
    }
    return new DiskRoom(path)
  }

  /** Gives the room back. */
  async free(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

/** The coded error, if what was thrown says that a disk is full. */
export function diskFull(error: unknown, tried: string): InfrastructureError | undefined {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' ? full(tried, messageOf(error), error) : undefined
}

function full(tried: string, seen: string, cause?: unknown): InfrastructureError {
  return new InfrastructureError('LVSLAB_E_DISK_FULL', 'the disk for the evidence is full', {
    ...{ tried, seen },
    todo: 'free some space, or choose another folder with --out',
    ...(cause === undefined ? {} : { cause }),
  })
}
