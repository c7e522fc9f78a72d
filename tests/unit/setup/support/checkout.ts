import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { projectRoot } from '../../../../src/host/paths.ts'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The programs that would have changed the host, with their arguments, in order. */
  readonly calls: readonly string[]
}

/** What stands in for the host's programs: name and shell script. Each notes its call in $CALLS if it says `note`. */
export type Programs = Readonly<Record<string, string>>

const note = (name: string): string => `echo "${name} $*" >>"$CALLS"`

/** A host on which nothing is missing, its user root. */
export const completeHost: Programs = {
  uname: 'echo Linux x86_64',
  id: 'case $1 in -u) echo 0 ;; *) echo root ;; esac',
  node: 'echo v20.11.0',
  // Answers "installed" for all that it is asked for.
  'dpkg-query': 'shift 3; for package in "$@"; do echo "installed $package"; done',
  'apt-get': note('apt-get'),
  npm: `${note('npm')}; mkdir -p node_modules/tap`,
  sudo: 'exit 1',
  unshare: 'exit 0',
}

/** An ordinary user on such a host. */
export const ordinaryUser: Programs = { id: 'case $1 in -u) echo 1000 ;; *) echo learner ;; esac' }

/** A fresh clone with nothing but what setup.sh reads. */
export class Checkout {
  readonly folder: string
  readonly #programs: string

  constructor(t: Test) {
    this.folder = t.testdir({ programs: {}, 'package-lock.json': '{ "lockfileVersion": 3 }' })
    this.#programs = join(this.folder, 'programs')
    mkdirSync(join(this.folder, 'scripts'))
    cpSync(join(projectRoot, 'scripts/setup.sh'), join(this.folder, 'scripts/setup.sh'))
  }

  setup(programs: Programs = {}, args: readonly string[] = []): Outcome {
    for (const [name, script] of Object.entries({ ...completeHost, ...programs })) {
      const path = join(this.#programs, name)
      writeFileSync(path, `#!/bin/sh\n${script}\n`)
      chmodSync(path, 0o755)
    }
    const calls = join(this.folder, 'calls')
    writeFileSync(calls, '')
    const { status, stdout, stderr } = spawnSync('bash', [join(this.folder, 'scripts/setup.sh'), ...args], {
      env: { PATH: `${this.#programs}:/usr/bin:/bin`, CALLS: calls, TMPDIR: this.folder, CI: 'true' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return { code: status, stdout, stderr, calls: linesOf(calls) }
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.folder, path, '..'), { recursive: true })
    writeFileSync(join(this.folder, path), text)
  }

  has(path: string): boolean {
    return existsSync(join(this.folder, path))
  }
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').filter(Boolean)
}
