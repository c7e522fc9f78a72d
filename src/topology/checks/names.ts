import type { YamlPath } from '../yaml-source.ts'
import type { Report } from './report.ts'

/** A DNS label is at most this long (RFC 1035, section 2.3.4); a node's name is its host name. */
const LABEL_LENGTH = 63

/** Linux's IFNAMSIZ is 16 and counts the closing zero byte (include/uapi/linux/if.h). */
const INTERFACE_NAME_LENGTH = 15

/** A node's or a network's name. A node may be called as its document calls it: host names may have capitals. */
export function checkName(report: Report, path: YamlPath, name: string, kind: 'node' | 'network'): void {
  const shape = kind === 'node' ? /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/i : /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
  if (shape.test(name) && name.length <= LABEL_LENGTH) return
  report.key(
    'LVSLAB_E_TOPOLOGY_VALUE',
    path,
    name.length > LABEL_LENGTH
      ? `the ${kind}'s name has ${name.length} characters; a host name has at most ${LABEL_LENGTH}`
      : `"${name}" cannot be a ${kind}'s name`,
    `use ${kind === 'node' ? 'letters' : 'kebab-case: lower-case letters'}, digits, single hyphens`,
  )
}

/** A network interface's name, as the kernel takes it (net/core/dev.c, dev_valid_name) and a shell stands it. */
export function checkInterfaceName(report: Report, path: YamlPath, name: string): void {
  if (name.length > INTERFACE_NAME_LENGTH) {
    report.key(
      'LVSLAB_E_TOPOLOGY_VALUE',
      path,
      `the interface name "${name}" has ${name.length} characters; Linux takes ${INTERFACE_NAME_LENGTH}`,
    )
  } else if (name === 'lo') {
    report.key(
      'LVSLAB_E_TOPOLOGY_VALUE',
      path,
      'lo is there without being named',
      'list its addresses under "loopback"',
    )
  } else if (!/^[A-Za-z][A-Za-z0-9_.-]*$/.test(name)) {
    report.key(
      'LVSLAB_E_TOPOLOGY_VALUE',
      path,
      `"${name}" cannot be an interface's name`,
      'begin with a letter; then letters, digits, ".", "_" and "-"',
    )
  }
}
