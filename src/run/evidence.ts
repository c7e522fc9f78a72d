import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cluster } from '../cluster/index.ts'

/** What each node is asked when a claim has failed. */
const QUESTIONS = `
for command in 'ip address' 'ip route' 'ip neigh' 'ipvsadm -Ln' 'ipvsadm -Ln --stats --exact' 'ipvsadm -Lnc' \
  'iptables -t nat -nvL' 'findmnt -t nfs,nfs4' 'tail -n 200 /var/log/ha-log' \
  'systemctl list-units --no-pager --plain --state=running,failed' 'journalctl --no-pager -o short-monotonic -n 400'; do
  echo "### $command"; $command 2>&1 | head -c 200000; echo
done`

const QUESTION_TIMEOUT_MS = 15_000

/** Asks every node that still runs for its state, and writes the answers beside the captures. */
export async function collectEvidence(cluster: Cluster, directory: string): Promise<void> {
  await Promise.all(
    cluster.nodes
      .filter((node) => node.running)
      .map(async (node) => {
        const answer = await node
          .run(QUESTIONS, { timeoutMs: QUESTION_TIMEOUT_MS })
          .then(({ stdout }) => stdout)
          .catch((error: unknown) => `no answer: ${error instanceof Error ? error.message : String(error)}\n`)
        await writeFile(join(directory, `${node.name}.state.txt`), answer)
      }),
  )
}

/** Files of a folder that are not empty, by name. */
export async function listFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  const kept: string[] = []
  for (const name of names.sort()) {
    const { size, isFile } = await stat(join(directory, name)).then((info) => ({
      size: info.size,
      isFile: info.isFile(),
    }))
    if (isFile && size > 0) kept.push(name)
  }
  return kept
}
