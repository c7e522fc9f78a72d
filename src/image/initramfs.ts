import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { basename, join } from 'node:path'

/** One member of a cpio archive. */
interface Member {
  readonly name: string
  readonly mode: number
  readonly data?: Uint8Array
  /** Major and minor number of a device node. */
  readonly device?: readonly [number, number]
}

/**
 * Writes the kernel's "newc" cpio format (Linux, Documentation/driver-api/early-userspace/buffer-format.rst): a header of
 * thirteen 8-digit hexadecimal fields after the magic, name and data each padded to 4 bytes.
 */
export function cpio(members: readonly Member[]): Buffer {
  const parts: Buffer[] = []
  const all = [...members, { name: 'TRAILER!!!', mode: 0 }]
  all.forEach((member, index) => {
    const name = Buffer.from(member.name + '\0')
    const data = Buffer.from(member.data ?? [])
    const [major, minor] = member.device ?? [0, 0]
    const fields = [index + 1, member.mode, 0, 0, 1, 0, data.length, 0, 0, major, minor, name.length, 0]
    const header = Buffer.from('070701' + fields.map((field) => field.toString(16).padStart(8, '0')).join(''))
    parts.push(header, name, padding(header.length + name.length), data, padding(data.length))
  })
  return Buffer.concat(parts)
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4)
}

/** What modules.dep says a module needs, before the module itself, each once. */
export function loadOrder(modulesDep: string, wanted: readonly string[]): string[] {
  const needs = new Map<string, string[]>()
  const paths = new Map<string, string>()
  for (const line of modulesDep.split('\n')) {
    const [path, rest] = line.split(':')
    if (path === undefined || rest === undefined) continue
    needs.set(path, rest.trim().split(/\s+/).filter(Boolean))
    paths.set(moduleName(path), path)
  }
  const order: string[] = []
  const add = (path: string): void => {
    if (order.includes(path)) return
    for (const needed of needs.get(path) ?? []) add(needed)
    order.push(path)
  }
  for (const name of wanted) {
    const path = paths.get(name.replaceAll('-', '_'))
    // Built into this kernel: nothing to load.
    if (path !== undefined) add(path)
  }
  return order
}

function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_')
}

/** The initramfs: busybox, the modules on the way to the disks, and provision/image/init. */
export async function buildInitramfs(options: {
  readonly busybox: string
  readonly modulesDir: string
  readonly init: string
  readonly wanted: readonly string[]
}): Promise<Buffer> {
  const order = loadOrder(await readFile(join(options.modulesDir, 'modules.dep'), 'utf8'), options.wanted)
  const modules = await Promise.all(
    order.map(async (path) => ({
      name: `modules/${basename(path)}`,
      mode: 0o100644,
      data: await readFile(join(options.modulesDir, path)),
    })),
  )
  const directories = ['bin', 'dev', 'proc', 'sys', 'root', 'modules'].map((name) => ({ name, mode: 0o040755 }))
  const archive = cpio([
    ...directories,
    { name: 'dev/console', mode: 0o020600, device: [5, 1] },
    { name: 'bin/busybox', mode: 0o100755, data: await readFile(options.busybox) },
    { name: 'init', mode: 0o100755, data: await readFile(options.init) },
    { name: 'modules/order', mode: 0o100644, data: Buffer.from(order.map((path) => basename(path) + '\n').join('')) },
    ...modules,
  ])
  return promisify(gzip)(archive, { level: 1 })
}
