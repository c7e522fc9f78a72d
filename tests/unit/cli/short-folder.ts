import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'

/** A folder for sockets, whose paths may have 107 bytes: tap's own are too deep. */
export async function shortFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join('/tmp', 'lvslab-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}
