import t from 'tap'
import type { Cluster } from '../../../src/cluster/index.ts'
import { isDisturbing } from '../../../src/cluster/doings.ts'
import { askForVips } from '../../../src/run/ask-for-vips.ts'

const cluster = (run: (command: string) => Promise<unknown>): Cluster =>
  ({
    client: { spec: { interfaces: [{ name: 'eth0', network: 'outside' }] }, run },
    vips: [
      { address: '192.168.2.11', spec: { network: 'outside' } },
      { address: '192.168.2.12', spec: { network: 'outside' } },
      { address: '10.10.10.9', spec: { network: 'inside' } },
    ],
  }) as unknown as Cluster

void t.test('the client asks for each VIP of its own networks, and does nothing else to itself', async (t) => {
  const commands: string[] = []
  await askForVips(cluster((command) => Promise.resolve(commands.push(command))))
  const [command = ''] = commands
  t.match(command, /arping .*-I eth0 192\.168\.2\.11; arping .*-I eth0 192\.168\.2\.12$/)
  t.notMatch(command, '10.10.10.9')
  t.notOk(isDisturbing(command), 'the claim’s own connections go on beside it')
})

void t.test('a client that is gone has asked nothing', async (t) => {
  await t.resolves(askForVips(cluster(() => Promise.reject(new Error('gone')))))
})
