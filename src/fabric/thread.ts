/** The entry point of the fabric's thread: messages in, {@link FabricCore}, messages out. */
import { setPriority } from 'node:os'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { InfrastructureError, LvslabError, messageOf } from '../errors.ts'
import { EventBatch } from './event-batch.ts'
import { FabricCore } from './fabric-core.ts'
import type { FabricStats } from './fabric-stats.ts'
import { toRecord } from './frame-parser.ts'
import { ownThreadId } from '../host/run-delay.ts'
import { LatenessSampler } from './lateness-sampler.ts'
import { MonotonicClock } from './monotonic-clock.ts'
import { Strangers } from './strangers.ts'
import type { Command, Message, PlainError, Request, ThreadSetup } from './thread-protocol.ts'

type RunnableCommand = Exclude<Command, { name: 'crash' }>

const { data: setup } = workerData as { data: ThreadSetup }
const main = parentPort as MessagePort
const post = (message: Message) => main.postMessage(message)

// This thread is the instrument that everything else is measured with. On Linux, 0 is the calling thread
// (setpriority(2)); without CAP_SYS_NICE it stays as it is, and the lateness says what that costs.
try {
  setPriority(0, -10)
} catch {
  // not permitted
}

const clock = new MonotonicClock(setup.zero)
const batch = new EventBatch((events) => post({ type: 'events', events }))
const core = new FabricCore(clock, (event) => batch.add(event))
const lateness = new LatenessSampler(clock)
const strangers = new Strangers(core, clock)

main.on('message', (request: Request) => {
  // Not part of the promise below: a crash is an exception that nobody catches.
  if (request.command.name === 'crash') throw new Error('crashed on request')
  void answer(request.id, request.command)
})
await core.open(setup)
lateness.start()
post({ type: 'ready', threadId: ownThreadId() })

async function answer(id: number, command: RunnableCommand): Promise<void> {
  let message: Message
  try {
    message = { type: 'answer', id, value: await execute(command) }
  } catch (error) {
    message = { type: 'refused', id, error: toPlain(error) }
  }
  batch.flush()
  post(message)
  if (command.name === 'close') main.close()
}

function execute(command: RunnableCommand): unknown {
  switch (command.name) {
    case 'unplug':
      return core.setPlugged(command.cable, false)
    case 'plug':
      return core.setPlugged(command.cable, true)
    case 'block':
      return { id: core.rules.add(command.rule), at: clock.now() }
    case 'unblock':
      core.rules.remove(command.id)
      return clock.now()
    case 'impair':
      return core.impair(command)
    case 'unimpair':
      core.impairments.remove(command.id)
      return clock.now()
    case 'partition':
      return core.partition(command.network, command.groups)
    case 'unpartition':
      core.unpartition(command.id)
      return clock.now()
    case 'setKind':
      return core.setKind(command.network, command.kind)
    case 'flushMacs':
      core.wiring.segment(command.network).flush()
      return clock.now()
    case 'admit':
      return strangers.admit(command.network, command.spec)
    case 'dismiss':
      return strangers.dismiss(command.id)
    case 'inject':
      return core.inject(command.cable, toRecord(command.frame))
    case 'stats':
      return stats()
    case 'portCounts':
      return core.wiring.portCounts()
    case 'lateness':
      return lateness.since(command.since, command.until)
    case 'sync':
      return undefined
    case 'flush':
      return core.wiring.flushCaptures()
    case 'close':
      lateness.stop()
      strangers.close()
      return core.close()
  }
}

function stats(): FabricStats {
  const { frames, bytes, ...atPorts } = core.counts
  const { lost, queueFull, ...impaired } = core.impairments.counts
  const drops = { ...atPorts, lost, queueFull }
  const late = lateness.since()
  return {
    frames,
    bytes,
    dropped: Object.values(drops).reduce((sum, count) => sum + count, 0),
    drops,
    impaired,
    uncaptured: core.wiring.uncaptured,
    latenessMaxMs: late.maxMs,
    latenessP99Ms: late.p99Ms,
  }
}

function toPlain(error: unknown): PlainError {
  const known =
    error instanceof LvslabError
      ? error
      : new InfrastructureError('LVSLAB_E_FABRIC_COMMAND', `The fabric could not do that: ${messageOf(error)}`)
  const { message, kind, code, tried, seen, todo } = known
  const detail = Object.entries({ tried, seen, todo }).filter(([, value]) => value !== undefined)
  return { message, kind, code, detail: Object.fromEntries(detail) }
}
