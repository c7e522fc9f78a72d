import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { carryKeepalived, installKeepalived, Node, startedVersion, type Cluster } from '../../../src/cluster/index.ts'
import type { ExecOptions, Machine } from '../../../src/engine/engine.ts'
import type { NodeSpec } from '../../../src/topology/index.ts'

/** A node that writes down what it is told; what a machine makes of it, the rolling upgrade shows on real ones. */
function listener(stdout = ''): { node: Node; commands: string[]; input: Buffer[] } {
  const [commands, input]: [string[], Buffer[]] = [[], []]
  const exec = (command: string, options: ExecOptions = {}): Promise<object> => {
    commands.push(command)
    if (options.input !== undefined) input.push(Buffer.from(options.input))
    return Promise.resolve({ exitCode: 0, stdout, stderr: '', durationMs: 1 })
  }
  return { node: new Node({ name: 'lb2' } as NodeSpec, { exec } as unknown as Machine), commands, input }
}

void t.test('an archive is carried whole, in pieces that an agent can hold', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'lvslab-tree-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const archive = join(folder, 'keepalived.tar.gz')
  const content = randomBytes(2_000_000)
  await writeFile(archive, content)
  const { node, commands, input } = listener()
  await carryKeepalived(node, { name: 'trixie', version: '1:2.3.3-1', archive })
  t.ok(Buffer.concat(input).equals(content))
  t.ok(input.every(({ length }) => length <= 1_000_000))
  t.match(commands.at(-1), 'cd /opt/keepalived-2.3.3 && tar -xz')
})

void t.test('installing it says where its root is, and that the node runs it from then on', async (t) => {
  const { node, commands } = listener()
  const noted: string[] = []
  const cluster = { runsKeepalived: ({ name }: Node, version: string) => noted.push(`${name} ${version}`) }
  const tree = { name: 'trixie', version: '1:2.3.3-1', archive: '' }
  await installKeepalived(cluster as unknown as Cluster, node, tree)
  t.strictSame(noted, ['lb2 1:2.3.3-1'])
  t.match(commands.join('\n'), "'RootDirectory=/opt/keepalived-2.3.3'")
  t.notMatch(commands.join('\n'), /systemctl (start|stop|restart)/, 'one that runs goes on')
})

void t.test('the version that was started last is the one that counts', async (t) => {
  const { node } = listener(
    '[   3.1] lb2 Keepalived[210]: Starting Keepalived v2.2.7 (01/16,2022)\n' +
      '[  61.4] lb2 Keepalived[340]: Starting Keepalived v2.3.3 (03/30,2025)',
  )
  t.equal(await startedVersion(node), '2.3.3')
  t.equal(await startedVersion(listener('nothing').node), undefined)
})
