// Two VRRP routers in a process of their own: the one that a Fabric's thread cannot hold up. Arguments: their sockets.
// It is told {"afterMs", "gapMs"} in a line: so long until the master's last advert, and so long until its successor's.
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { advert } from './frames.ts'
import { Machine } from './machine.ts'

export interface Failover {
  readonly afterMs: number
  readonly gapMs: number
}

const [master, backup] = await Promise.all(process.argv.slice(2).map((path) => Machine.connect(path)))
const of = (node: number) =>
  advert(`02:00:00:00:00:0${node}`, {
    version: 2,
    src: `10.0.0.${node}`,
    vrid: 51,
    priority: 100,
    interval: 1,
    addresses: ['10.0.0.9'],
  })
const rhythm = setInterval(() => void master!.send(of(1)), 100)
console.log('advertising')
const [line] = (await once(createInterface(process.stdin), 'line')) as [string]
clearInterval(rhythm)
const { afterMs, gapMs } = JSON.parse(line) as Failover
setTimeout(() => {
  void master!.send(of(1))
  setTimeout(() => void backup!.send(of(2)), gapMs)
}, afterMs)
