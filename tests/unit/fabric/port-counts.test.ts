import t from 'tap'
import { BROADCAST, plain } from './support/frames.ts'
import { cableOf, Lab, macs, type Name } from './support/lab.ts'

async function countsOf({ fabric }: Lab) {
  const counts = await fabric.portCounts()
  const of = (name: Name) => counts.get(cableOf(name))!
  return { a: of('a'), b: of('b'), c: of('c') }
}

/** Two broadcasts and a conversation of a and b. */
async function talk(lab: Lab): Promise<void> {
  const { a, b, c } = await lab.connectAll()
  await a.send(plain(macs.a, BROADCAST, '1'))
  await b.count(1)
  await b.send(plain(macs.b, BROADCAST, '2'))
  await c.count(2)
  await a.send(plain(macs.a, macs.b, '3'), plain(macs.a, macs.b, '4'))
  await b.count(3)
  await lab.settle()
}

void t.test('on a hub every port is given every frame that the others sent', async (t) => {
  await using lab = await Lab.start('hub')
  await talk(lab)
  const counts = await countsOf(lab)
  t.same(counts, { a: { sent: 3, delivered: 1 }, b: { sent: 1, delivered: 3 }, c: { sent: 0, delivered: 4 } })
  t.equal((await lab.fabric.stats()).frames, 4)
})

void t.test('on a switch the third port is not given what two say to each other', async (t) => {
  await using lab = await Lab.start('switch')
  await talk(lab)
  t.same(await countsOf(lab), {
    a: { sent: 3, delivered: 1 },
    b: { sent: 1, delivered: 3 },
    c: { sent: 0, delivered: 2 },
  })
})

void t.test(
  'nothing is delivered to an unplugged cable, nor to one without a machine, nor sent by a pulled one',
  async (t) => {
    await using lab = await Lab.start('hub')
    const a = await lab.connect('a')
    const b = await lab.connect('b')
    await a.send(plain(macs.a, BROADCAST, '1'))
    await b.count(1)
    await lab.fabric.unplug(cableOf('b'))
    await a.send(plain(macs.a, BROADCAST, '2'))
    await b.send(plain(macs.b, BROADCAST, '3'))
    await lab.settle()
    t.same(await countsOf(lab), {
      a: { sent: 2, delivered: 0 },
      b: { sent: 0, delivered: 1 },
      c: { sent: 0, delivered: 0 },
    })
  },
)
