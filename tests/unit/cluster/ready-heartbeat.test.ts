import t from 'tap'
import { resourcesAreTaken } from '../../../src/cluster/ready/heartbeat.ts'
import type { EngineCluster, Machine } from '../../../src/engine/engine.ts'
import { loadTopology } from '../../../src/topology/index.ts'

const topology = await loadTopology('nat-heartbeat')
const LOST = 'Nov 28 18:42:24 Slave heartbeat: [239]: ERROR: msg2string: Message with zero fields\n'

/**
 * Document 000's cluster without machines.
 *
 * @param takes - at which start of heartbeat Master gets the resources
 * @param loses - before that, Slave says that it lost a message
 */
function cluster({ takes, loses }: { takes: number; loses: boolean }) {
  let starts = 1
  const done: string[] = []
  const answer = (name: string, command: string): { exitCode: number; stdout: string } => {
    if (command.startsWith('until ')) return { exitCode: starts >= takes ? 0 : 124, stdout: '' }
    if (command.startsWith('journalctl ')) {
      const lost = loses && name === 'Slave'
      return lost ? { exitCode: 0, stdout: LOST } : { exitCode: 1, stdout: '' }
    }
    if (command.startsWith('systemctl ')) done.push(`${name}: ${command}`)
    if (command === 'systemctl start heartbeat' && name === 'Master') starts++
    return { exitCode: 0, stdout: 'its log' }
  }
  const machine = (name: string): Partial<Machine> => ({
    name,
    exec: (command) => Promise.resolve({ ...answer(name, String(command)), stderr: '', durationMs: 0 }),
  })
  const engine: Partial<EngineCluster> = {
    topology,
    machines: new Map(topology.nodes.map(({ name }) => [name, machine(name) as Machine])),
  }
  return { engine: engine as EngineCluster, done }
}

async function waited(of: { takes: number; loses: boolean }) {
  const { engine, done } = cluster(of)
  const told: string[] = []
  const error: unknown = await resourcesAreTaken(engine, (line) => void told.push(line)).catch(
    (thrown: unknown) => thrown,
  )
  return { error, told, done }
}

void t.test('nothing is started again where heartbeat takes its resources', async (t) => {
  t.same(await waited({ takes: 1, loses: true }), { error: undefined, told: [], done: [] })
})

void t.test('heartbeat that lost a message is started again on all its nodes, and that is said', async (t) => {
  const { error, told, done } = await waited({ takes: 2, loses: true })
  t.equal(error, undefined)
  t.match(told, [/lost a message of its own scripts, and is started again \(Slave: .*Message with zero fields\)/])
  t.same(done, [
    'Master: systemctl stop heartbeat',
    'Slave: systemctl stop heartbeat',
    'Master: systemctl start heartbeat',
    'Slave: systemctl start heartbeat',
  ])
})

void t.test('heartbeat that loses nothing is not started again, and is waited for to the end', async (t) => {
  const { error, told, done } = await waited({ takes: 2, loses: false })
  t.match(error, { code: 'LVSLAB_E_NOT_READY', message: /Master did not take heartbeat's resources/ })
  t.same([told, done], [[], []])
})

void t.test('a message that is lost every time is an error', async (t) => {
  const { error, told } = await waited({ takes: 9, loses: true })
  t.match(error, { code: 'LVSLAB_E_NOT_READY' })
  t.equal(told.length, 2, 'after three starts')
})
