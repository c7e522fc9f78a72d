import { spawn, type ChildProcess } from 'node:child_process'
import { MARK, runnerMark } from './marked-processes.ts'
import { REMOVE_AS_OWNER, removeTreeNow } from './remove-tree.ts'

/** Something that must not outlive this process. */
export type Remains = { readonly directory: string } | { readonly processGroup: number }

// POSIX sh, so that it costs a megabyte. Lines arrive as "+d PATH", "-d PATH", "+g PGID", "-g PGID"; when the pipe closes
// the runner is gone, and what is still on the list goes too. Processes are ended before folders are removed: groups, and
// then what left its group but carries the runner's mark ($1), politely first, as faked(1) then removes its queues.
const SCRIPT = `
trap '' INT TERM HUP
set -f
list=''
nl='
'
while IFS= read -r line; do
  case $line in
    +*) list="$list\${line#+}$nl" ;;
    -*) rest=''; gone=\${line#-}
        IFS=$nl; for item in $list; do [ "$item" = "$gone" ] || rest="$rest$item$nl"; done; unset IFS
        list=$rest ;;
  esac
done
IFS=$nl
for item in $list; do case $item in 'g '*) kill -9 -"\${item#g }" 2>/dev/null ;; esac; done
unset IFS
for signal in TERM KILL; do
  set +f; found=$(grep -lszF "$1." /proc/[0-9]*/environ 2>/dev/null); set -f
  [ -n "$found" ] || break
  for path in $found; do pid=\${path#/proc/}; kill -s $signal "\${pid%/environ}" 2>/dev/null; done
  sleep 0.1
done
IFS=$nl
for item in $list; do case $item in 'd '*)
  rm -rf -- "\${item#d }" 2>/dev/null || { unset IFS; $2 "\${item#d }"; IFS=$nl; } 2>/dev/null ;;
esac; done
`

/**
 * A small process of its own session that outlives the runner by a moment and clears away what a runner killed with
 * SIGKILL could not: private folders and process groups. Machines die by themselves (see `QemuProcess`); this is for the
 * files, and for builds that fork.
 */
export class Reaper {
  readonly #child: ChildProcess
  readonly #remains = new Set<string>()

  constructor() {
    this.#child = spawn(
      '/bin/sh',
      ['-c', SCRIPT, 'lvslab-reaper', `${MARK}=${runnerMark}`, REMOVE_AS_OWNER.join(' ')],
      {
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
        cwd: '/',
        // Were this process marked by a runner of its own, that one's end would take the reaper along.
        env: { ...process.env, [MARK]: undefined },
      },
    )
    this.#child.unref()
    // The pipe alone must not keep the runner alive.
    const pipe = this.#child.stdin as unknown as { unref?: () => void } | null
    pipe?.unref?.()
    this.#child.on('error', () => undefined)
    this.#child.stdin?.on('error', () => undefined)
    process.once('exit', () => {
      for (const item of this.#remains) if (item.startsWith('d ')) removeTreeNow(item.slice(2))
    })
  }

  keepWatchOver(remains: Remains): void {
    const item = lineOf(remains)
    this.#remains.add(item)
    this.#child.stdin?.write(`+${item}\n`)
  }

  forget(remains: Remains): void {
    const item = lineOf(remains)
    this.#remains.delete(item)
    this.#child.stdin?.write(`-${item}\n`)
  }
}

function lineOf(remains: Remains): string {
  return 'directory' in remains ? `d ${remains.directory}` : `g ${remains.processGroup}`
}

let instance: Reaper | undefined

/** The one reaper of this process, started when first needed. */
export function reaper(): Reaper {
  instance ??= new Reaper()
  return instance
}
