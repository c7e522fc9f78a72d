import t from 'tap'
import { Outbox } from '../../../src/fabric/outbox.ts'

void t.test('records that lie one behind the other leave as one', async (t) => {
  const chunk = Buffer.from('onetwothree')
  const outbox = new Outbox()
  outbox.add(chunk.subarray(0, 3))
  outbox.add(chunk.subarray(3, 6))
  outbox.add(Buffer.from('elsewhere'))
  outbox.add(chunk.subarray(6))
  t.equal(outbox.bytes, 20)
  t.same(
    outbox.take().map((bytes) => Buffer.from(bytes).toString()),
    ['onetwo', 'elsewhere', 'three'],
  )
  t.same([outbox.bytes, outbox.take()], [0, []])
})
