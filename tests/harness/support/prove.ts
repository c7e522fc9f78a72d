import { ClaimProcess } from '../../../src/run/claim-process.ts'
import type { SessionMessage, SessionSettings } from '../../../src/run/claim-session.ts'
import type { ClaimRecord } from '../../../src/run/record.ts'
import { loadTopology } from '../../../src/topology/index.ts'

/**
 * Puts claims of a topology to the test as a run does, in a process of their own; answers their records by id.
 *
 * @param settings - `sabotage`: how to break their clusters; `attempts: 1`: what the first try says is to be seen
 * @throws Error when one came to no end, with what the process said last
 */
export async function prove(
  topology: string,
  settings: SessionSettings & Required<Pick<SessionSettings, 'ids'>>,
): Promise<ReadonlyMap<string, ClaimRecord>> {
  const records = new Map<string, ClaimRecord>()
  const keep = (message: SessionMessage): void => {
    if (message.type === 'end') records.set(message.record.id, message.record)
  }
  const child = await ClaimProcess.start(topology, settings, keep, (await loadTopology(topology)).group)
  const { how, stderr } = await child.ended
  const missing = settings.ids.filter((id) => !records.has(id))
  if (missing.length > 0) throw new Error(`${missing.join()} came to no end: ${how}\n${stderr}`)
  return records
}

/** {@link prove} for one claim. */
export async function proveOne(
  topology: string,
  id: string,
  settings: Omit<SessionSettings, 'ids'>,
): Promise<ClaimRecord> {
  return (await prove(topology, { ...settings, ids: [id] })).get(id)!
}
