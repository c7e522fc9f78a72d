import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'
import type { YamlPath } from '../yaml-source.ts'
import type { Report } from './report.ts'

/** Files: an absolute, plain path in the machine, and a readable regular file on this host. */
export async function checkFiles(report: Report, folder: string): Promise<void> {
  for (const [node, { files }] of Object.entries(report.file.nodes)) {
    for (const [guestPath, entry] of Object.entries(files)) {
      const at = ['nodes', node, 'files', guestPath]
      checkGuestPath(report, at, guestPath)
      const plain = typeof entry === 'string'
      const from = plain ? entry : entry.from
      const problem = await hostFileProblem(path.resolve(folder, from))
      if (problem === undefined) continue
      report.value(
        'LVSLAB_E_TOPOLOGY_CONFIG_FILE',
        plain ? at : [...at, 'from'],
        `${guestPath} of ${node}: ${problem}`,
        `paths are relative to ${folder}`,
      )
    }
  }
}

function checkGuestPath(report: Report, at: YamlPath, guestPath: string): void {
  if (guestPath.startsWith('/') && path.posix.normalize(guestPath) === guestPath && !guestPath.endsWith('/')) return
  report.key(
    'LVSLAB_E_TOPOLOGY_VALUE',
    at,
    `"${guestPath}" is not an absolute path of a file in the machine`,
    'write it from the root, without "..", "." or "//": /etc/keepalived/keepalived.conf',
  )
}

async function hostFileProblem(hostPath: string): Promise<string | undefined> {
  try {
    if (!(await stat(hostPath)).isFile()) return `${hostPath} is not a regular file`
    await access(hostPath, constants.R_OK)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? `there is no file ${hostPath}`
      : `${hostPath} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`
  }
}
