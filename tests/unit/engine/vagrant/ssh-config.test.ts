import t from 'tap'
import { LvslabError } from '../../../../src/errors.ts'
import { parseSshConfig } from '../../../../src/engine/vagrant/ssh-config.ts'

/** As Vagrant 2.3.4 prints it. */
const PRINTED = `Host client
  HostName 10.255.99.97
  User root
  Port 22
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  PasswordAuthentication no
  IdentityFile /root/.vagrant.d/boxes/lvslab-0ffe4d96e3/0/libvirt/box-key
  IdentitiesOnly yes
  LogLevel FATAL

Host node-1
  HostName 127.0.0.1
  User vagrant
  Port 2222
  IdentityFile "/home/a person/.vagrant/machines/node-1/virtualbox/private_key"
  IdentityFile /home/other/key
`

void t.test('each machine is read with host, port, user and its first key', (t) => {
  const targets = parseSshConfig(PRINTED)
  t.strictSame([...targets.keys()], ['client', 'node-1'])
  t.strictSame(targets.get('client'), {
    host: '10.255.99.97',
    port: 22,
    user: 'root',
    identityFile: '/root/.vagrant.d/boxes/lvslab-0ffe4d96e3/0/libvirt/box-key',
  })
  t.strictSame(targets.get('node-1'), {
    host: '127.0.0.1',
    port: 2222,
    user: 'vagrant',
    identityFile: '/home/a person/.vagrant/machines/node-1/virtualbox/private_key',
  })
  t.end()
})

void t.test('words before the first Host, and comments, belong to nobody', (t) => {
  const targets = parseSshConfig('# made by Vagrant\nPort 99\nHost a\n\tHostName=1.2.3.4\n\tIdentityFile=/k\n')
  t.strictSame(targets.get('a'), { host: '1.2.3.4', port: 22, user: 'vagrant', identityFile: '/k' })
  t.end()
})

void t.test('a machine that cannot be reached is an error that names it', (t) => {
  const parse = (): unknown => parseSshConfig('Host down\n  User root\n')
  try {
    parse()
    t.fail('it was accepted')
  } catch (error) {
    t.ok(error instanceof LvslabError && error.code === 'LVSLAB_E_VAGRANT_SSH_CONFIG' && error.message.includes('down'))
  }
  t.end()
})
