import { pack } from 'tar-stream'
import type { GuestFile } from './engine.ts'

/** Files as one tar archive, so that a machine gets all of them in one command. */
export async function guestArchive(files: readonly GuestFile[]): Promise<Buffer> {
  const archive = pack()
  for (const { path, content, mode } of files) {
    const data = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
    archive.entry({ name: path.replace(/^\/+/, ''), mode: parseInt(mode, 8), mtime: new Date(0) }, data)
  }
  archive.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of archive) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
