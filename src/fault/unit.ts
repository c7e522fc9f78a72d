import type { Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { shellWord } from '../shell-word.ts'
import { lay, wishFor } from './layers.ts'
import { mendInside } from './owed.ts'

export type UnitState = 'active' | 'inactive'

/** @throws UsageError `LVSLAB_E_NO_UNIT` when the node has no such unit */
export async function unitState(node: Node, unit: string): Promise<UnitState> {
  const { stdout } = await node.run(`systemctl show -p LoadState -p ActiveState -- ${shellWord(unit)}`)
  if (!/^LoadState=loaded$/m.test(stdout)) {
    throw new UsageError('LVSLAB_E_NO_UNIT', `${node.name} has no unit ${unit}`, {
      tried: `systemctl show ${unit} on ${node.name}`,
      seen: stdout.trim(),
      todo: `its services: ${node.spec.services.join(', ') || 'none'}`,
    })
  }
  return /^ActiveState=(active|activating|reloading)$/m.test(stdout) ? 'active' : 'inactive'
}

/** Notes what a fault has made of a unit; what is answered makes it what it must be without that fault. */
export function unitLayer(node: Node, unit: string, before: UnitState, wish: UnitState): () => Promise<undefined> {
  const lift = lay(node.machine, thingOf(unit), before, wish)
  let wanted: string | undefined
  return async () => {
    // Kept for another try, should this one fail.
    const state = (wanted ??= lift())
    // A machine that boots meanwhile starts its services anyway.
    if (state !== undefined) await mendInside(node, () => setUnit(node, unit, state as UnitState))
    wanted = undefined
    return undefined
  }
}

/** What the faults that are not healed yet make of a unit; undefined if there is none. */
export function unitWish(node: Node, unit: string): string | undefined {
  return wishFor(node.machine, thingOf(unit))
}

function thingOf(unit: string): string {
  return `unit ${unit.replace(/\.service$/, '')}`
}

async function setUnit(node: Node, unit: string, state: UnitState): Promise<void> {
  // One that was killed too often in a short time would not be started again.
  if (state === 'active') await node.run(`systemctl reset-failed -- ${shellWord(unit)} 2>/dev/null`)
  await (state === 'active' ? node.service(unit).start() : node.service(unit).stop())
}
