import { createServer, connect } from 'node:net'
import { rm, writeFile } from 'node:fs/promises'
import { InfrastructureError } from '../../errors.ts'
import type { Qmp } from './qmp.ts'

const MIGRATION_TIMEOUT_MS = 30_000

/**
 * Saves the devices' state of a stopped machine. Memory stays where it is: in a file that the machine maps shared
 * (QEMU's migration capability x-ignore-shared). The state travels over a unix socket, as QEMU's sandbox refuses to start
 * a program to hand it to.
 */
export async function saveState(qmp: Qmp, socketPath: string, statePath: string): Promise<void> {
  await rm(socketPath, { force: true })
  const chunks: Buffer[] = []
  const received = new Promise<void>((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('end', () => {
        server.close()
        resolve()
      })
      socket.on('error', reject)
    })
    server.on('error', reject)
    server.listen(socketPath)
  })
  await ignoreShared(qmp)
  await qmp.execute('migrate', { uri: `unix:${socketPath}` })
  await waitForMigration(qmp)
  await received
  await writeFile(statePath, Buffer.concat(chunks))
}

/** Hands a saved state to a machine that waits for it (`-incoming defer`); it is stopped afterwards, ready to go on. */
export async function loadState(qmp: Qmp, socketPath: string, state: Uint8Array): Promise<void> {
  await ignoreShared(qmp)
  await announceOnce(qmp)
  await qmp.execute('migrate-incoming', { uri: `unix:${socketPath}` })
  const socket = connect(socketPath)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.end(state, resolve)
  })
  await waitForMigration(qmp)
  socket.destroy()
}

async function ignoreShared(qmp: Qmp): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'x-ignore-shared', state: true }] })
}

/**
 * QEMU announces a migrated machine's MAC addresses by RARP, for a second: here once, which is when it is loaded. Never
 * (0) frees a timer of virtio-net that a reset of the machine goes on to use (QEMU 7.2: SIGSEGV).
 */
async function announceOnce(qmp: Qmp): Promise<void> {
  await qmp.execute('migrate-set-parameters', { 'announce-rounds': 1 })
}

async function waitForMigration(qmp: Qmp): Promise<void> {
  const deadline = performance.now() + MIGRATION_TIMEOUT_MS
  for (;;) {
    const { status, 'error-desc': description } = await qmp.execute<{ status?: string; 'error-desc'?: string }>(
      'query-migrate',
    )
    if (status === 'completed') return
    if (status === 'failed' || performance.now() > deadline) {
      throw new InfrastructureError('LVSLAB_E_STATE', 'a machine state could not be saved or loaded', {
        seen: description ?? `status ${status ?? 'unknown'}`,
        todo: 'remove the cache with "npx lvslab image prune --all" and try again',
      })
    }
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
}
