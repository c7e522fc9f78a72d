import { InfrastructureError, PrerequisiteError, LvslabError } from '../../errors.ts'
import { run } from '../../host/process.ts'

const QUICK_MS = 60_000
/** Memory of a machine is written to its disk. */
const SNAPSHOT_MS = 300_000

/**
 * The machines below Vagrant, by virsh(1): what Vagrant itself has no command for. Snapshots are those of Vagrant's own
 * kind (`vagrant snapshot list` shows them), made and restored with all machines of a cluster stopped, which Vagrant does
 * one after another while the others run on.
 */
export class Libvirt {
  /** Takes the power from a machine. */
  destroy(domain: string): Promise<void> {
    return this.#do(['destroy', domain])
  }

  start(domain: string): Promise<void> {
    return this.#do(['start', domain])
  }

  reset(domain: string): Promise<void> {
    return this.#do(['reset', domain])
  }

  suspend(domain: string): Promise<void> {
    return this.#do(['suspend', domain])
  }

  resume(domain: string): Promise<void> {
    return this.#do(['resume', domain])
  }

  /** "running", "paused", "shut off"; undefined when there is no such machine. */
  async state(domain: string): Promise<string | undefined> {
    try {
      return (await virsh(['domstate', domain])).trim()
    } catch (error) {
      if (error instanceof PrerequisiteError) throw error
      if (error instanceof LvslabError && /failed to get domain|Domain not found/i.test(error.seen ?? ''))
        return undefined
      throw error
    }
  }

  setLink(domain: string, mac: string, up: boolean): Promise<void> {
    return this.#do(['domif-setlink', domain, mac, up ? 'up' : 'down'])
  }

  async snapshots(domain: string): Promise<string[]> {
    return (await virsh(['snapshot-list', '--name', domain])).split('\n').filter((line) => line !== '')
  }

  saveSnapshot(domain: string, name: string): Promise<void> {
    return this.#do(['snapshot-create-as', domain, name], SNAPSHOT_MS)
  }

  deleteSnapshot(domain: string, name: string): Promise<void> {
    return this.#do(['snapshot-delete', domain, name], SNAPSHOT_MS)
  }

  /** Leaves the machine paused, whatever it was. */
  restoreSnapshot(domain: string, name: string): Promise<void> {
    return this.#do(['snapshot-revert', domain, name, '--paused', '--force'], SNAPSHOT_MS)
  }

  async #do(args: readonly string[], timeoutMs = QUICK_MS): Promise<void> {
    await virsh(args, timeoutMs)
  }
}

/** libvirt's error, with what it said; the system's libvirt unless LIBVIRT_DEFAULT_URI names another. */
async function virsh(args: readonly string[], timeoutMs = QUICK_MS): Promise<string> {
  const uri = process.env['LIBVIRT_DEFAULT_URI'] ?? 'qemu:///system'
  try {
    return (await run('virsh', ['--quiet', '--connect', uri, ...args], { timeoutMs })).stdout
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error
    throw new InfrastructureError('LVSLAB_E_LIBVIRT', `libvirt refused ${args[0]} of ${args[1] ?? 'a machine'}`, {
      tried: `virsh ${args.join(' ')}`,
      ...(error.seen === undefined ? {} : { seen: error.seen }),
      todo: 'look at "virsh list --all"; a host without libvirt gets one by scripts/vagrant-host up',
      cause: error,
    })
  }
}
