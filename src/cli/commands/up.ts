import { ExitCode } from '../../errors.ts'
import { ENGINES, type EngineName } from '../../engine/engine.ts'
import { choice, clusterName, KEEPALIVED_WISH, KERNEL_WISH, NAMED_WISH } from '../options.ts'
import type { AddCommand } from './command-module.ts'

interface Options {
  readonly name?: string
  readonly cold?: boolean
  readonly kernel?: string
  readonly keepalived?: string
  readonly engine: EngineName
  readonly out?: string
}

export const addUp: AddCommand = (program, setExitCode) => {
  program
    .command('up')
    .description('boot a cluster and leave it running')
    .argument('<topology>', 'a name that "list" shows, or a folder with a topology.yaml')
    .option('--name <name>', 'what to call it (default: its topology)', clusterName)
    .option('--kernel <wish>', `kernel of the machines: ${KERNEL_WISH}; ${NAMED_WISH}`)
    .option('--keepalived <wish>', `keepalived of the directors: ${KEEPALIVED_WISH}; ${NAMED_WISH}`)
    .addOption(choice('--engine <engine>', 'what runs the machines', ENGINES, 'vm'))
    .option('--cold', 'boot every machine from its disk', false)
    .option('--out <folder>', 'where captures and consoles go (default: reports/up-<name>-<time>)')
    .addHelpText('after', '\nExamples:\n  npx lvslab up dr-vrrp\n  npx lvslab up ./my-cluster --name mine --cold')
    .action(async (topology: string, options: Options) => setExitCode(await up(topology, options)))
}

async function up(which: string, options: Options): Promise<number> {
  const { mkdir } = await import('node:fs/promises')
  const path = await import('node:path')
  const { loadTopology, readHeartbeatConfs, readKeepalivedConfs } = await import('../../topology/index.ts')
  const { demandWishes } = await import('../../cluster/index.ts')
  const { demandFree } = await import('../supervisor/state.ts')
  const { startSupervisor } = await import('../supervisor/start.ts')
  const { renderUp } = await import('../render/up.ts')
  const { Progress } = await import('../terminal/progress.ts')
  const { lookOf, print, say } = await import('../terminal/output.ts')

  const topology = await loadTopology(which)
  // Before images are built for minutes.
  await Promise.all([readKeepalivedConfs(topology), readHeartbeatConfs(topology)])
  demandWishes(topology, options)
  const name = options.name ?? clusterName(topology.name)
  await demandFree(name)
  const evidence = path.resolve(options.out ?? `reports/up-${name}-${timestamp(new Date())}`)
  await mkdir(evidence, { recursive: true })

  const interrupt = new AbortController()
  const progress = new Progress()
  const onSignal = (): void => {
    if (!interrupt.signal.aborted) progress.say(`interrupted: taking ${name} down`)
    interrupt.abort(new Error('interrupted'))
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  try {
    progress.say(`starting ${name}`)
    const { kernel, keepalived, engine, cold = false } = options
    const launch = { name, folder: topology.folder, topology: topology.name, engine, cold, evidence }
    const status = await startSupervisor(
      { ...launch, ...(kernel === undefined ? {} : { kernel }), ...(keepalived === undefined ? {} : { keepalived }) },
      { onProgress: progress.say, signal: interrupt.signal },
    )
    progress[Symbol.dispose]()
    print(renderUp(status, topology, lookOf(), process.cwd()))
    return ExitCode.pass
  } catch (error) {
    progress[Symbol.dispose]()
    if (!interrupt.signal.aborted) throw error
    say(`interrupted; ${name} is down`)
    return ExitCode.interrupted
  } finally {
    progress[Symbol.dispose]()
    for (const signal of signals) process.off(signal, onSignal)
  }
}

/** "20260102-030405", local time. */
function timestamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
}
