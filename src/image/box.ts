import { join } from 'node:path'
import { cacheDir } from '../host/paths.ts'
import { buildWith, mirror, staleAllowed, textOf } from './build-script.ts'
import { ensureEntry, entryDirectory, type Progress } from './cache.ts'
import { readCatalog, sourceOf } from './catalog.ts'
import { ensureKernel, type Kernel } from './kernel.ts'

/** Size of a box's disk; sparse, so only what is written costs disk. */
const DISK_SIZE = '2G'

/** What a machine needs besides the catalog's packages to be reached by Vagrant; udhcpc is the lightest DHCP client. */
const BOX_PACKAGES = ['openssh-server', 'udhcpc', 'ca-certificates']

/** Without udev and logind the guest agent has no port, and no use. */
const NOT_IN_A_BOX = ['qemu-guest-agent']

const FILE = 'lvslab.box'

/** A Vagrant box of the project's own image, for the libvirt provider. */
export interface Box {
  /** As `vagrant box list` shows it: another content, another name. */
  readonly name: string
  /** The .box file; it may not be built yet. */
  readonly path: string
  readonly kernel: Kernel
}

/** Which box this project's files make, and where it lies when it is built. Builds the kernel, but not the box. */
export async function planBox(progress: Progress): Promise<Box & { readonly from: Record<string, unknown> }> {
  const catalog = await readCatalog()
  const kernel = await ensureKernel(undefined, progress)
  const from = {
    suite: sourceOf(catalog, catalog.default.userland),
    packages: [...catalog.packages.filter((one) => !NOT_IN_A_BOX.includes(one)), ...BOX_PACKAGES],
    mirror: mirror(),
    size: DISK_SIZE,
    kernel: kernel.key,
    scripts: await Promise.all(['build-box.sh', 'customize.sh', 'customize-box.sh', 'box.Vagrantfile'].map(textOf)),
  }
  const directory = entryDirectory('box', from)
  return { name: boxName(directory), path: join(directory, FILE), kernel, from }
}

/**
 * The box, packed if it is not in the cache.
 *
 * @throws InfrastructureError as {@link buildWith}
 */
export async function ensureBox(progress: Progress): Promise<Box> {
  const { from, ...box } = await planBox(progress)
  const label = `box ${from['suite'] as string}`
  await ensureEntry(
    {
      kind: 'box',
      label,
      needsMiB: 3000,
      from,
      build: async (directory) => {
        const packages = (from['packages'] as string[]).join(',')
        const kernelDir = join(box.kernel.vmlinuz, '..')
        const args = [from['suite'] as string, packages, DISK_SIZE, join(directory, FILE), kernelDir, ...mirror()]
        await buildWith('build-box.sh', args, label, directory, progress)
        return {
          kernel: box.kernel.release,
          ...(staleAllowed() ? { stale: 'an index past its date was allowed' } : {}),
        }
      },
    },
    progress,
  )
  return box
}

/** "lvslab-0123456789": Vagrant keeps one copy of each name for good. */
function boxName(directory: string): string {
  return `lvslab-${directory.slice(join(cacheDir(), 'box').length + 1).slice(0, 10)}`
}
