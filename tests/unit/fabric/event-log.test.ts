import t from 'tap'
import type { ClusterTime } from '../../../src/clock.ts'
import { EventLog } from '../../../src/fabric/event-log.ts'
import type { CableEvent } from '../../../src/fabric/index.ts'

function event(at: number, cable: CableEvent['cable'] = 'a:eth0'): CableEvent {
  return { type: 'cable', at: at as ClusterTime, network: 'lan', cable, change: 'plugged' }
}

const times = (log: EventLog): number[] => log.events.map(({ at }) => at)

void t.test('events that come late are put where they belong', (t) => {
  const log = new EventLog()
  log.append([event(10), event(20), event(30)])
  log.append([event(15), event(40), event(5)])
  t.strictSame(times(log), [5, 10, 15, 20, 30, 40])
  t.strictSame(
    log.within({ since: 10 as ClusterTime, until: 20 as ClusterTime }).map(({ at }) => at),
    [10, 15, 20],
  )
  t.end()
})

void t.test('events of one time stay in the order in which they came', (t) => {
  const log = new EventLog()
  log.append([event(10, 'a:eth0'), event(20)])
  log.append([event(10, 'b:eth0')])
  t.strictSame(
    log.events.map((one) => (one.type === 'cable' ? one.cable : '')),
    ['a:eth0', 'b:eth0', 'a:eth0'],
  )
  t.end()
})
