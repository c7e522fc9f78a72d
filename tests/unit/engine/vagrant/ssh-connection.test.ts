import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Connection } from 'ssh2'
import t from 'tap'
import { SshConnection } from '../../../../src/engine/vagrant/ssh-connection.ts'
import type { SshTarget } from '../../../../src/engine/vagrant/ssh-config.ts'

// A server in this process in place of a machine's sshd: it runs what it is told with /bin/sh, as sshd does.
const { generateKeyPairSync } = ssh2.utils
const folder = mkdtempSync(join(tmpdir(), 'lvslab-test-'))
const identityFile = join(folder, 'key')
writeFileSync(identityFile, generateKeyPairSync('ed25519').private, { mode: 0o600 })
const commands: string[] = []
const clients = new Set<Connection>()
const server = new ssh2.Server({ hostKeys: [generateKeyPairSync('ed25519').private] }, (client) => {
  clients.add(client)
  client.on('error', () => undefined).on('close', () => clients.delete(client))
  client.on('authentication', (context) => (context.method === 'publickey' ? context.accept() : context.reject()))
  client.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      commands.push(command)
      const channel = acceptExec()
      const child = spawn('/bin/sh', ['-c', command])
      channel.pipe(child.stdin)
      child.stdin.on('error', () => undefined)
      child.stdout.pipe(channel, { end: false })
      child.stderr.pipe(channel.stderr, { end: false })
      child.on('close', (code) => {
        channel.exit(code ?? 137)
        channel.end()
      })
    })
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const target: SshTarget = {
  host: '127.0.0.1',
  port: (server.address() as AddressInfo).port,
  user: 'root',
  identityFile,
}
t.teardown(() => {
  for (const client of clients) client.end()
  server.close()
  rmSync(folder, { recursive: true })
})

async function connected(user = 'root'): Promise<SshConnection> {
  return SshConnection.open('node-1', { ...target, user }, 5_000)
}

void t.test('a command gives its exit code and both outputs; input and environment reach it', async (t) => {
  const ssh = await connected()
  t.teardown(() => ssh.close())
  const result = await ssh.exec('cat; echo "$GREETING" >&2; exit 3', { input: 'in', env: { GREETING: "it's me" } })
  t.match(result, { exitCode: 3, stdout: 'in', stderr: "it's me\n" })
  t.match(await ssh.exec(['printf', '%s|', 'a b', "c'd", '$HOME']), { exitCode: 0, stdout: "a b|c'd|$HOME|" })
})

void t.test('what comes is bytes', async (t) => {
  const ssh = await connected()
  t.teardown(() => ssh.close())
  const { stdout } = await ssh.execBinary(['printf', '\\377\\000\\200'])
  t.strictSame([...stdout], [255, 0, 128])
})

void t.test('commands run side by side on one connection', async (t) => {
  const ssh = await connected()
  t.teardown(() => ssh.close())
  const began = performance.now()
  await Promise.all(Array.from({ length: 12 }, () => ssh.exec('sleep 0.5')))
  t.ok(performance.now() - began < 4_000, 'twelve half seconds at once')
})

void t.test('a command that takes too long is killed, and said to be', async (t) => {
  const ssh = await connected()
  t.teardown(() => ssh.close())
  await t.rejects(ssh.exec('echo $$; sleep 30', { timeoutMs: 300 }), { code: 'LVSLAB_E_GUEST_TIMEOUT' })
  t.match((await ssh.exec('echo on')).stdout, 'on', 'the connection goes on')
})

void t.test('what a command leaves in the background is not waited for', async (t) => {
  const ssh = await connected()
  t.teardown(() => ssh.close())
  const { stdout, durationMs } = await ssh.exec('sleep 20 >/dev/null 2>&1 & echo done')
  t.equal(stdout, 'done\n')
  t.ok(durationMs < 10_000, `${durationMs} ms`)
})

void t.test('who is not root asks sudo', async (t) => {
  const ssh = await connected('vagrant')
  t.teardown(() => ssh.close())
  await ssh.exec('true').catch(() => undefined)
  t.match(commands.at(-1), /^sudo -n -- timeout -s KILL \d+ \/bin\/sh -c true$/)
})

void t.test('a connection that breaks ends what runs on it, and says so', async (t) => {
  const ssh = await connected()
  const running = ssh.exec('sleep 20')
  running.catch(() => undefined)
  for (const client of clients) client.end()
  await t.rejects(running, { code: 'LVSLAB_E_SSH_LOST' })
  t.notOk(ssh.open)
  await t.rejects(ssh.exec('true'), { code: 'LVSLAB_E_SSH_LOST' })
})

void t.test('nobody at home', async (t) => {
  await t.rejects(SshConnection.open('node-1', { ...target, port: 1 }, 10), {
    code: 'LVSLAB_E_SSH_UNREACHABLE',
    message: 'node-1 cannot be reached by ssh',
  })
})
