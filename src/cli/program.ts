import { Command } from 'commander'
import { addBench } from './commands/bench.ts'
import { addBisect } from './commands/bisect.ts'
import { addCompare } from './commands/compare.ts'
import type { SetExitCode } from './commands/command-module.ts'
import { addDoctor } from './commands/doctor.ts'
import { addDown } from './commands/down.ts'
import { addExec } from './commands/exec.ts'
import { addFault } from './commands/fault.ts'
import { addHeal } from './commands/heal.ts'
import { addImage } from './commands/image.ts'
import { addList } from './commands/list.ts'
import { addNightly } from './commands/nightly.ts'
import { addReport } from './commands/report.ts'
import { addRun } from './commands/run.ts'
import { addShell } from './commands/shell.ts'
import { addStatus } from './commands/status.ts'
import { addUp } from './commands/up.ts'
import { addVagrantPlan } from './commands/vagrant-plan.ts'

const GROUPS = [
  { title: 'Prove:', add: [addRun, addList, addReport, addCompare, addNightly, addBisect, addBench] },
  { title: 'Play:', add: [addUp, addStatus, addExec, addShell, addFault, addHeal, addDown] },
  { title: 'Look after:', add: [addDoctor, addImage, addVagrantPlan] },
]

const EXAMPLES = `
Examples:
  npx lvslab run dr-vrrp               prove what is claimed of a cluster
  npx lvslab up dr-vrrp                boot it, and leave it running
  npx lvslab exec client -- curl -s http://192.168.88.100/
  npx lvslab fault power-cut master    and see who takes over: npx lvslab status
  npx lvslab down

Exit codes: 0 pass, 1 a claim failed, 2 usage, 3 infrastructure, 4 a prerequisite is missing,
5 nothing matched, 6 inconclusive only, 130 interrupted.`

/** The command line. Commander's errors are thrown; what a command's own result is goes to `setExitCode`. */
export function buildProgram(version: string, setExitCode: SetExitCode): Command {
  const program = new Command('lvslab')
    .description(
      'Proves on real virtual machines that a Linux Virtual Server cluster does what its configuration promises.',
    )
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .showHelpAfterError('(--help shows more)')
    .addHelpText('after', EXAMPLES)
    .helpCommand(false)
  for (const { title, add } of GROUPS) {
    program.commandsGroup(title)
    for (const addTo of add) addTo(program, setExitCode)
  }
  return program
}
