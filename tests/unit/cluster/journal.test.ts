import t from 'tap'
import { parseJournal } from '../../../src/cluster/index.ts'

const line = (fields: Readonly<Record<string, unknown>>): string => JSON.stringify(fields)
const noted = { __REALTIME_TIMESTAMP: '1700000005250000', __MONOTONIC_TIMESTAMP: '5250000' }

void t.test('a line has the time at which it was sent, not that at which journald came to it', (t) => {
  const sent = { _SOURCE_REALTIME_TIMESTAMP: '1700000005000000', SYSLOG_IDENTIFIER: 'Keepalived', _PID: '9' }
  t.strictSame(parseJournal(line({ ...noted, ...sent, MESSAGE: 'Gained quorum' })), [
    { sentMs: 5000, text: 'Keepalived[9]: Gained quorum' },
  ])
  t.strictSame(
    parseJournal(line({ ...noted, _COMM: 'sh', _PID: '7', MESSAGE: 'printed' })),
    [{ sentMs: 5250, text: 'sh[7]: printed' }],
    'of what a service prints only the latter is known',
  )
  t.end()
})

void t.test('what is no line, or no text, is left out', (t) => {
  const text = [
    '-- No entries --',
    '{"cut',
    line({ ...noted, MESSAGE: [255, 0] }),
    line({ MESSAGE: 'no time' }),
    '',
  ].join('\n')
  t.strictSame(parseJournal(text), [])
  t.end()
})
