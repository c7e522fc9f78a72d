import { Supervisor } from '../../src/cli/supervisor/supervisor.ts'
import type { Keep } from '../../src/run/claim-context.ts'

/** Leaves a claim's cluster up for `lvslab status`, `shell` and the others; it ends with `lvslab down`. */
export const keepUp: Keep['hand'] = async (cluster, name, evidenceDir, host) => {
  const supervisor = await Supervisor.hold(cluster, name, evidenceDir, host)
  supervisor.onDown = () => process.exit(0)
  return name
}
