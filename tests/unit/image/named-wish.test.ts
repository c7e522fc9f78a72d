import t from 'tap'
import { parseNamedWishes } from '../../../src/image/named-wish.ts'

void t.test('one wish is for all, as it always was', async (t) => {
  for (const all of ['6.12', '1:2.2.7-1+b2', 'bookworm-backports', './a.deb,./b.deb', '/tmp/a=b/bzImage'])
    t.strictSame(parseNamedWishes(all), { all, named: [] }, all)
  t.strictSame(parseNamedWishes(undefined), { named: [] })
})

void t.test('each name has its wish, and a comma inside a wish stays in it', async (t) => {
  t.strictSame(parseNamedWishes('master=2.2.7,backup=1:2.3.3-1'), {
    named: [
      { name: 'master', wish: '2.2.7' },
      { name: 'backup', wish: '1:2.3.3-1' },
    ],
  })
  t.strictSame(parseNamedWishes('keepalived=/k/image.deb,/k/modules.deb,node-1=6.1').named, [
    { name: 'keepalived', wish: '/k/image.deb,/k/modules.deb' },
    { name: 'node-1', wish: '6.1' },
  ])
})

void t.test('what comes first without a name is for all others', async (t) => {
  t.strictSame(parseNamedWishes('6.1,backup=6.12'), { all: '6.1', named: [{ name: 'backup', wish: '6.12' }] })
})

void t.test('a name without a wish, and a name twice, are usage errors', async (t) => {
  for (const wrong of ['master=', 'master=2.2.7,backup=', 'master=1,master=2'])
    t.throws(() => parseNamedWishes(wrong), { code: 'LVSLAB_E_WISH', exitCode: 2 }, wrong)
})
