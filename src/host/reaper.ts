import { spawn, type ChildProcess } from 'node:child_process'
import { rmSync } from 'node:fs'

/** Something that must not outlive this process. */
export type Remains = { readonly directory: string } | { readonly processGroup: number }

// POSIX sh, so that it costs a megabyte. Lines arrive as "+d PATH", "-d PATH", "+g PGID", "-g PGID"; when the pipe closes
// the runner is gone, and what is still on the list goes too. Groups are signalled before folders are removed.
const SCRIPT = `
trap '' INT TERM HUP
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
for item in $list; do case $item in 'd '*) rm -rf -- "\${item#d }" ;; esac; done
`

/**
 * A small process of its own session that outlives the runner by a moment and clears away what a runner killed with
 * SIGKILL could not: private folders and process groups. Machines die by themselves (see `parent-death.ts`); this is for
 * the files, and for builds that fork.
 */
export class Reaper {
  readonly #child: ChildProcess
  readonly #remains = new Set<string>()

  constructor() {
    this.#child = spawn('/bin/sh', ['-c', SCRIPT, 'lvslab-reaper'], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    })
    this.#child.unref()
    // The pipe alone must not keep the runner alive.
    const pipe = this.#child.stdin as unknown as { unref?: () => void } | null
    pipe?.unref?.()
    this.#child.on('error', () => undefined)
    this.#child.stdin?.on('error', () => undefined)
    process.once('exit', () => {
      for (const item of this.#remains) if (item.startsWith('d ')) rmSync(item.slice(2), { recursive: true, force: true })
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
