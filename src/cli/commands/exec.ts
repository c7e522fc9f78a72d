import { Option } from 'commander'
import { UsageError } from '../../errors.ts'
import { seconds, withCluster, type ClusterOption } from '../options.ts'
import type { AddCommand } from './command-module.ts'

/** What the call may take longer than the command. */
const MARGIN_MS = 15_000

const HELP = `
NODE is a node's name, or who it is now: master, backup, director, real-server, client.
Several words are a program and its arguments; one word alone is a line for /bin/sh.
What the command prints comes when it has ended: for one that goes on, use "shell".

Examples:
  npx lvslab exec client -- curl -s http://192.168.88.100/
  npx lvslab exec master 'ipvsadm -Ln | grep Route'
  npx lvslab exec --stdin node-1 -- tee /var/www/html/index.html < page.html

Exit code: that of the command; 124 when the time was up (timeout(1)), 126 and 127 when it
could not be started (sh(1)), 3 when the machine could not be reached.`

interface Options extends ClusterOption {
  readonly timeout: number
  readonly stdin?: boolean
}

export const addExec: AddCommand = (program, setExitCode) => {
  withCluster(program.command('exec').description('run a command on a node'))
    .argument('<node>', 'a node, or a role')
    .argument('<command...>', 'the command, best after --')
    .addOption(new Option('--timeout <seconds>', 'end it after so long').argParser(seconds).default(60_000, '60'))
    .option('-i, --stdin', 'pass standard input on')
    .passThroughOptions()
    .addHelpText('after', HELP)
    .action(async (node: string, words: string[], { cluster, timeout, stdin }: Options) => {
      const { connectTo } = await import('../control/find-cluster.ts')
      const { buffer } = await import('node:stream/consumers')
      const { say } = await import('../terminal/output.ts')
      // Commander leaves the "--" in when an operand came before it.
      const command = words[0] === '--' ? words.slice(1) : words
      if (command === words && words[0]?.startsWith('-') === true) {
        throw new UsageError('LVSLAB_E_EXEC', `${words[0]} comes after the node, where the command begins`, {
          todo: `put options before it: npx lvslab exec ${words[0]} ... ${node} -- COMMAND`,
        })
      }
      const input = stdin === true ? (await buffer(process.stdin)).toString('base64') : undefined
      const { control } = await connectTo(cluster)
      using _hangUp = control
      const result = await control.call(
        'exec',
        { node, command, timeoutMs: timeout, ...(input === undefined ? {} : { stdin: input }) },
        { timeoutMs: timeout + MARGIN_MS },
      )
      process.stdout.write(result.stdout)
      process.stderr.write(result.stderr)
      if (result.timedOut) say(`lvslab: ${result.node}: the command was ended after ${timeout / 1000} s (--timeout)`)
      setExitCode(result.exitCode)
    })
}
