import { rm } from 'node:fs/promises'
import { InfrastructureError } from '../../errors.ts'
import { ControlClient } from '../control/client.ts'
import { controlSocket, isAlive, stateFolder, type ClusterState } from './state.ts'

const ASK_TIMEOUT_MS = 15_000
const END_TIMEOUT_MS = 5_000
const LOOK_MS = 20

/**
 * Takes a cluster down and waits until its supervisor is gone, and with it every machine. One that does not answer is
 * ended; its machines die with it, as the kernel sees to.
 *
 * @throws InfrastructureError `LVSLAB_E_DOWN` when it is still there after all
 */
export async function takeDown(state: ClusterState): Promise<void> {
  try {
    using control = await ControlClient.connect(controlSocket(state.name), state.name)
    await control.call('down', {}, { timeoutMs: ASK_TIMEOUT_MS })
  } catch {
    // Whether it hung up before it could answer, or hangs: what counts is that it ends.
  }
  if (await untilGone(state, END_TIMEOUT_MS)) return
  signal(state.pid, 'SIGKILL')
  if (!(await untilGone(state, END_TIMEOUT_MS))) {
    throw new InfrastructureError('LVSLAB_E_DOWN', `${state.name} cannot be taken down`, {
      tried: `kill -9 ${state.pid}`,
      seen: 'its supervisor still runs',
      todo: `look why process ${state.pid} does not end: ps -o pid,stat,wchan ${state.pid}`,
    })
  }
  await rm(stateFolder(state.name), { recursive: true, force: true })
}

async function untilGone(state: ClusterState, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (await isAlive(state)) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return true
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone meanwhile, as it should be.
  }
}
