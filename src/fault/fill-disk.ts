import type { Cluster, Node } from '../cluster/index.ts'
import { UsageError } from '../errors.ts'
import { shellWord } from '../shell-word.ts'
import { demandTools } from './demand-tools.ts'
import { strike, type Fault } from './fault.ts'
import { mendInside } from './owed.ts'

/** File systems on disks, as stat(1) names them: one in memory would take the machine's memory instead. */
const ON_DISK = ['ext2/ext3', 'xfs', 'btrfs']

/**
 * Fills a file system to its last block, those that are root's own too, with one file. Healing removes the file, also
 * after a boot.
 *
 * @param directory - any on that file system. Default: /, the root file system
 * @throws UsageError `LVSLAB_E_FAULT_TARGET` for no directory, or one that is not on a disk, `LVSLAB_E_FAULT_TOOL`
 */
export async function fillDisk(cluster: Cluster, node: Node, directory = '/'): Promise<Fault> {
  await demandTools(node, 'fallocate', 'stat', 'df')
  const { stdout, exitCode } = await node.run(`[ -d ${shellWord(directory)} ] && stat -f -c %T ${shellWord(directory)}`)
  const type = stdout.trim()
  if (exitCode !== 0 || !ON_DISK.includes(type)) {
    throw new UsageError('LVSLAB_E_FAULT_TARGET', `${directory} of ${node.name} cannot be filled`, {
      seen: exitCode === 0 ? `it is ${type}, not a file system on a disk` : 'it is no directory',
    })
  }
  const tag = Math.random().toString(36).slice(2, 10)
  const file = shellWord(`${directory.replace(/\/$/, '')}/.lvslab-full-${tag}`)
  return strike(cluster, {
    kind: 'fillDisk',
    target: `${node.name}:${directory}`,
    inflict: async () => void (await node.succeed(fillCommand(file, shellWord(directory)))),
    undo: async () => {
      await mendInside(node, () => node.succeed(`rm -f ${file}`), true)
      return undefined
    },
  })
}

/**
 * fallocate(1) takes what it can without writing it; what is left is written until the kernel says that there is no more,
 * and that until nothing more can be. ext4 keeps some for itself all the same, which statfs(2) counts as free
 * (fs/ext4/super.c, ext4_calculate_resv_clusters: 2 %, at most 4096 clusters).
 */
function fillCommand(file: string, directory: string): string {
  return `
    : >${file} || exit 1
    for round in 1 2 3 4 5 6 7 8; do
      set -- $(stat -f -c '%f %S' ${directory})
      has=$(stat -c %s ${file})
      fallocate -o "$has" -l $(($1 * $2)) ${file} 2>/dev/null
      cat /dev/zero 2>/dev/null >>${file}
      sync -f ${directory}
      [ "$(stat -c %s ${file})" != "$has" ] || exit 0
    done
    echo "after $round rounds ${directory} still takes more" >&2
    exit 1`
}
