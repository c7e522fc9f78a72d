import { UsageError } from '../../errors.ts'
import { withCluster, type ClusterOption } from '../options.ts'
import type { AddCommand } from './command-module.ts'

const PIPE_TIMEOUT_MS = 3_600_000

const HELP = `
"exit" or Ctrl-D leaves the shell; Ctrl-] hangs up, whatever runs in it. NODE may be a role: master, client, ...
With commands on standard input, they are run and what they print comes at the end:
  echo 'ip -br address' | npx lvslab shell node-1`

export const addShell: AddCommand = (program, setExitCode) => {
  withCluster(program.command('shell').description('a terminal in a node'))
    .argument('<node>', 'a node, or a role')
    .addHelpText('after', HELP)
    .action(async (node: string, { cluster }: ClusterOption) => {
      const { connectTo } = await import('../control/find-cluster.ts')
      const { attach } = await import('../shell/attach.ts')
      const { buffer } = await import('node:stream/consumers')
      const { state, control } = await connectTo(cluster)
      using _hangUp = control
      if (process.stdin.isTTY && process.stdout.isTTY) return setExitCode(await attach(control, node, state.name))
      if (process.stdin.isTTY) {
        throw new UsageError('LVSLAB_E_NO_TERMINAL', 'a shell needs a terminal to write to', {
          todo: `for the output of one command: npx lvslab exec ${node} -- COMMAND`,
        })
      }
      const stdin = (await buffer(process.stdin)).toString('base64')
      const timeoutMs = PIPE_TIMEOUT_MS
      const params = { node, command: ['bash', '-s'], timeoutMs, stdin }
      const result = await control.call('exec', params, { timeoutMs: timeoutMs + 15_000 })
      process.stdout.write(result.stdout)
      process.stderr.write(result.stderr)
      setExitCode(result.exitCode)
    })
}
