import t from 'tap'
import { Doings } from '../../../src/cluster/index.ts'
import { isDisturbing, noted } from '../../../src/cluster/doings.ts'
import { ms } from '../fabric/support/scene.ts'

void t.test('commands that disturb are told from those that only look', async (t) => {
  for (const command of [
    'systemctl stop keepalived',
    'systemctl --no-block restart keepalived',
    'sed -i s/a/b/ /etc/x && systemctl reload keepalived',
    "pkill -STOP -x 'keepalived'",
    'kill -9 12',
    'ip address del 10.0.0.1/32 dev lo',
    'iptables -A INPUT -j DROP',
    'sleep 2; echo c >/proc/sysrq-trigger',
    '/etc/init.d/heartbeat restart',
  ]) {
    t.ok(isDisturbing(command), command)
  }
  for (const command of [
    'systemctl is-active --quiet keepalived',
    'ip -o -4 address show',
    'ipvsadm -Ln && echo === && ipvsadm -Ln --stats --exact',
    'journalctl -u keepalived -n 200',
    'ps -C keepalived -o pid=',
    'cat /proc/uptime',
  ]) {
    t.notOk(isDisturbing(command), command)
  }
})

void t.test('what was done to a node in a span, or to all; what lasts counts until it is undone', async (t) => {
  let now = 10
  const doings = new Doings({ epochMs: 0, now: () => ms(now), until: () => Promise.resolve() })
  doings.note('a', 'systemctl  stop\n x')
  const end = doings.begin('*', 'partition lan')
  now = 20
  const what = (node: string, from: number, to: number) =>
    doings.touching(node, ms(from), ms(to)).map((one) => one.what)
  t.same(what('a', 5, 15), ['systemctl stop x', 'partition lan'])
  t.same(what('b', 11, 12), ['partition lan'])
  end()
  t.same(what('b', 21, 30), [])
  t.same(what('a', 20, 30), ['partition lan'])
})

void t.test('a noted object works as before, private fields and all', async (t) => {
  class Counter {
    #count = 0
    add(by: number): number {
      return (this.#count += by)
    }
    get count(): number {
      return this.#count
    }
  }
  const calls: unknown[] = []
  const counter = noted(new Counter(), (method, args) => calls.push([method, ...args]))
  counter.add(2)
  t.equal(counter.add(3), 5)
  t.equal(counter.count, 5)
  t.same(calls, [
    ['add', 2],
    ['add', 3],
  ])
})
