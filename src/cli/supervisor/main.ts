/** The process that holds a cluster. `lvslab up` starts it in a session of its own, so it outlives the terminal. */
import { messageOf, describeError, ExitCode } from '../../errors.ts'
import { toPlainError } from '../control/plain-error.ts'
import { launchSchema, type LaunchMessage } from './launch.ts'
import { Supervisor } from './supervisor.ts'

/** Machines are killed, not asked: this is ample, and nothing must keep a supervisor for ever. */
const DOWN_TIMEOUT_MS = 15_000

process.title = 'lvslab-up'

const log = (line: string): void => console.error(`${new Date().toISOString()} ${line}`)

/** Tells the `up` that waits; it may be gone. */
function tell(message: LaunchMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected) return resolve()
    process.send?.(message, undefined, undefined, () => resolve())
  })
}

async function main(): Promise<void> {
  const launch = launchSchema.parse(JSON.parse(process.argv[2] ?? 'null'))
  process.title = `lvslab-up ${launch.name}`
  const supervisor = await Supervisor.open(launch)
  const end = async (why: string, exitCode: number): Promise<void> => {
    log(`down: ${why}`)
    setTimeout(() => process.exit(ExitCode.infrastructure), DOWN_TIMEOUT_MS).unref()
    await supervisor.down().catch((error: unknown) => log(describeError(error)))
    process.exit(exitCode)
  }
  supervisor.onDown = () => void end('asked for', 0)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(signal, 0))
  process.on('uncaughtException', (error) => {
    log(describeError(error))
    void end('a fault of the supervisor', ExitCode.infrastructure)
  })
  process.on('unhandledRejection', (error) => log(`nobody awaited: ${describeError(error)}`))
  // Whoever started the boot is gone before it was done: nobody would know of the cluster.
  const deserted = (): void => void end('"lvslab up" went away', 0)
  process.on('disconnect', deserted)
  log(`up: ${JSON.stringify(launch)}`)
  try {
    const ready = await supervisor.boot((line) => {
      log(line)
      void tell({ progress: line })
    })
    process.off('disconnect', deserted)
    await tell({ ready })
    if (process.connected) process.disconnect()
    log('ready')
  } catch (error) {
    log(describeError(error))
    await tell({ failed: toPlainError(error) })
    process.off('disconnect', deserted)
    await end('it did not come up', ExitCode.infrastructure)
  }
}

try {
  await main()
} catch (error) {
  log(messageOf(error))
  await tell({ failed: toPlainError(error) })
  process.exit(ExitCode.infrastructure)
}
