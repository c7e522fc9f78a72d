import { join } from 'node:path'
import { ensureEntry, type Progress } from '../../image/index.ts'
import { run } from '../../host/process.ts'
import { cacheDir, removeScratchDir, scratchDir } from '../../host/paths.ts'
import { ARGS_VERSION, type MachineShape } from './qemu-args.ts'
import { saveState } from './saved-state.ts'
import type { NodeHost, SavedMachine } from './vm-host.ts'
import { VmMachine } from './vm-machine.ts'
import { WAKER } from './waker.ts'

/** What a node will run soon: read once here, it comes from the page cache in every clone. */
const WARM_UP = `
systemctl is-system-running >/dev/null 2>&1
for program in curl ip sysctl tar ipvsadm modprobe; do command -v $program >/dev/null && $program --help >/dev/null 2>&1; done
keepalived --version >/dev/null 2>&1; nginx -t >/dev/null 2>&1
systemctl show nginx keepalived >/dev/null 2>&1; journalctl -n 1 >/dev/null 2>&1
sync; echo 1 >/proc/sys/vm/compact_memory 2>/dev/null; :
`

/** Templates' MAC addresses; clones get their own from provision/network.sh. */
const templateMac = (index: number): string => `02:4c:56:53:00:${index.toString(16).padStart(2, '0')}`

/** What a saved state depends on besides the shape. */
export function hostKey(host: NodeHost): Record<string, unknown> {
  return {
    argsVersion: ARGS_VERSION,
    qemu: host.qemu.version,
    kernel: host.kernel.key,
    userland: host.userland.key,
    acceleration: host.acceleration.kind,
    // Its clock goes by the counter of the host that it was saved on.
    ...(host.counterKHz === undefined ? {} : { counterMHz: Math.round(host.counterKHz / 1000) }),
    waker: WAKER,
  }
}

/** A machine of this shape that has just booted and has no role yet, saved; booted now if the cache has none. */
export async function ensureTemplate(host: NodeHost, shape: MachineShape, progress: Progress): Promise<SavedMachine> {
  const label = `template ${host.kernel.name}/${host.userland.name} ${shape.memoryMiB} MiB, ${shape.nicCount} NIC`
  const entry = await ensureEntry(
    {
      kind: 'template',
      label,
      needsMiB: shape.memoryMiB + 200,
      from: { ...hostKey(host), shape, warmUp: WARM_UP },
      build: async (directory) => {
        const scratch = await scratchDir('template')
        const machine = new VmMachine({
          name: 'template',
          host,
          memoryMiB: shape.memoryMiB,
          nics: Array.from({ length: shape.nicCount }, (_, index) => ({ mac: templateMac(index), socket: undefined })),
          directory: scratch,
          consolePath: join(scratch, 'console'),
        })
        try {
          await machine.bootCold(join(directory, 'memory'))
          await machine.exec(WARM_UP, { timeoutMs: 60_000 })
          await machine.arm()
          await saveMachine(machine, directory, '', scratch)
        } finally {
          await machine.dispose()
          await removeScratchDir(scratch)
        }
        return {}
      },
    },
    progress,
  )
  return savedIn(entry.directory, '')
}

/** Stops a machine whose memory is in `directory` and saves the rest of it there; it is gone afterwards. */
export async function saveMachine(
  machine: VmMachine,
  directory: string,
  prefix: string,
  scratch: string,
): Promise<void> {
  await machine.qmp.execute('stop')
  await saveState(machine.qmp, join(scratch, 'save'), join(directory, `${prefix}state`))
  await machine.powerCut()
  await run('mv', [machine.diskPath, join(directory, `${prefix}disk.qcow2`)], { timeoutMs: 60_000 })
  // The folder is about to be renamed to its final place (see cache.ts), which the overlay must already name.
  const final = finalPlace(directory)
  await run(
    'qemu-img',
    [
      'create',
      '-q',
      '-u',
      '-f',
      'qcow2',
      '-F',
      'qcow2',
      '-b',
      join(final, `${prefix}disk.qcow2`),
      join(directory, `${prefix}clone.qcow2`),
      '1G',
    ],
    { timeoutMs: 20_000 },
  )
}

/** Where an entry under construction will be: its key without the mark of its builder. */
function finalPlace(directory: string): string {
  const match = /\/([a-z]+)\/\.([0-9a-f]{20})-[^/]*$/.exec(directory)
  return match ? join(cacheDir(), match[1]!, match[2]!) : directory
}

export function savedIn(directory: string, prefix: string): SavedMachine {
  return {
    memoryPath: join(directory, `${prefix}memory`),
    statePath: join(directory, `${prefix}state`),
    clonePath: join(directory, `${prefix}clone.qcow2`),
  }
}
