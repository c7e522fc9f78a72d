import t from 'tap'
import { lacking } from '../../../../src/engine/capabilities.ts'
import { refuse, VAGRANT_CAPABILITIES } from '../../../../src/engine/vagrant/vagrant-capabilities.ts'
import { FAULT_KINDS } from '../../../../src/fault/index.ts'

void t.test('services, processes, disks, power and cables can be struck; what needs the fabric cannot', (t) => {
  const possible = new Map(FAULT_KINDS.map(({ name, needs }) => [name, lacking(VAGRANT_CAPABILITIES, needs)]))
  for (const kind of ['stop-service', 'kill-process', 'disk-full', 'power-cut', 'reset', 'freeze', 'unplug']) {
    t.strictSame(possible.get(kind), [], kind)
  }
  t.match(possible.get('panic'), ['panic'])
  t.match(possible.get('loss'), ['impairment'])
  t.match(possible.get('partition'), ['network'])
  t.match(possible.get('arp-spoof'), ['stranger'])
  t.end()
})

void t.test('what is refused says what is lacking, as the verdict "skip" has it', async (t) => {
  await t.rejects(refuse(['port-counts'], 'count frames by port'), {
    code: 'LVSLAB_E_ENGINE_LACKS',
    message: 'the vagrant engine cannot count frames by port: it lacks port-counts',
  })
})
