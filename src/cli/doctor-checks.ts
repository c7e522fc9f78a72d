import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LvslabError, messageOf } from '../errors.ts'
import { probeAcceleration } from '../engine/vm/acceleration.ts'
import { findQemu } from '../engine/vm/qemu-binary.ts'
import { cacheDir, runtimeDir } from '../host/paths.ts'
import { run } from '../host/process.ts'
import { cachedKernel } from '../image/index.ts'

/** How one prerequisite stands. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  /** Not needed for a run; one that is not ok is a remark. */
  readonly optional?: true
  readonly detail: string
  /** The line that sets it right. */
  readonly fix?: string
}

const TIMEOUT_MS = 10_000

/** A kernel, a root file system and a template, built one after the other. */
const WANTED_MIB = 4_000

/** Looks at every prerequisite; changes nothing but for making cache and runtime folder. */
export async function checkHost(): Promise<Check[]> {
  return Promise.all([
    nodeVersion(),
    qemu(),
    seccomp(),
    program('qemu-img', 'qemu-utils', ['--version']),
    program('mmdebstrap', 'mmdebstrap', ['--version']),
    program('fakeroot', 'fakeroot', ['--version']),
    program('mke2fs', 'e2fsprogs', ['-V']),
    program('mksquashfs', 'squashfs-tools', ['-version']),
    program('depmod', 'kmod', ['--version']),
    program('xz', 'xz-utils', ['--version']),
    program('setpriv', 'util-linux', ['--version']),
    userNamespaces(),
    cache(),
    runtime(),
    acceleration(),
    optional(wrk(), 'makes the load of the performance suite'),
    optional(program('tshark', 'tshark', ['--version']), 'a second opinion on captures, in the tests'),
    optional(program('chromium', 'chromium', ['--version']), 'looks at reports, in the tests'),
    optional(program('xmllint', 'libxml2-utils', ['--version']), 'checks junit.xml, in the tests'),
  ])
}

async function nodeVersion(): Promise<Check> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 11)
  return {
    name: 'Node.js',
    ok,
    detail: process.versions.node,
    ...(ok ? {} : { fix: 'install Node.js 20.11 or later: https://nodejs.org/en/download' }),
  }
}

const install = (debianPackage: string): string => `apt-get install --no-install-recommends ${debianPackage}`

async function qemu(): Promise<Check> {
  const own = process.env['LVSLAB_QEMU']
  const fix = own === undefined ? install('qemu-system-x86') : 'set LVSLAB_QEMU to a QEMU of 7.2 or later, or unset it'
  return attempt('QEMU', fix, async () => {
    const { path, version } = await findQemu()
    return `${version} (${path})`
  })
}

/** Starts a machine without a machine in the sandbox that real ones run in. */
async function seccomp(): Promise<Check> {
  const fix = 'use a QEMU that was built with seccomp, as Debian builds it, or name one in LVSLAB_QEMU'
  return attempt("QEMU's seccomp sandbox", fix, async () => {
    const { path } = await findQemu()
    const sandbox = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'
    const bare = ['-sandbox', sandbox, '-machine', 'none', '-nodefaults', '-display', 'none', '-monitor', 'stdio']
    await run(path, bare, { timeoutMs: TIMEOUT_MS, input: 'quit\n' })
    return 'on'
  })
}

async function program(name: string, debianPackage: string, versionArgs: readonly string[]): Promise<Check> {
  return attempt(name, install(debianPackage), async () => {
    const { stdout, stderr } = await run(name, versionArgs, { timeoutMs: TIMEOUT_MS })
    return /\d+(\.\d+)+\S*/.exec(`${stdout}\n${stderr}`)?.[0] ?? 'installed'
  })
}

/** It ends with 1 whatever it is asked, so it is not asked. */
async function wrk(): Promise<Check> {
  return attempt('wrk', install('wrk'), async () => {
    await access('/usr/bin/wrk', constants.X_OK)
    return 'installed'
  })
}

async function optional(pending: Promise<Check>, purpose: string): Promise<Check> {
  const check = await pending
  return { ...check, optional: true, detail: check.ok ? check.detail : `${check.detail}; ${purpose}` }
}

async function userNamespaces(): Promise<Check> {
  const name = 'user namespaces'
  if (process.getuid?.() === 0) return { name, ok: true, detail: 'not needed by root' }
  return attempt(name, 'bash scripts/setup.sh, which says what is missing', async () => {
    await run('unshare', ['--user', '--map-root-user', '--map-auto', '--mount', 'true'], { timeoutMs: TIMEOUT_MS })
    return 'allowed, with subordinate ids'
  })
}

async function cache(): Promise<Check> {
  const name = 'disk space for images'
  const check = await writable(name, cacheDir(), 'set XDG_CACHE_HOME to a folder that you can write to')
  if (!check.ok) return check
  const { bavail, bsize } = await statfs(cacheDir())
  const freeMiB = Math.floor((bavail * bsize) / 2 ** 20)
  const detail = `${freeMiB} MiB free in ${cacheDir()}`
  if (freeMiB >= WANTED_MIB) return { name, ok: true, detail }
  return {
    name,
    ok: false,
    detail: `${detail}, ${WANTED_MIB} MiB wanted`,
    fix: 'npx lvslab image prune, or set XDG_CACHE_HOME to a larger disk',
  }
}

async function runtime(): Promise<Check> {
  return writable('folder for running clusters', runtimeDir(), 'set XDG_RUNTIME_DIR to a folder of your own')
}

async function writable(name: string, path: string, fix: string): Promise<Check> {
  return attempt(name, fix, async () => {
    await mkdir(dirname(path), { recursive: true })
    await mkdir(path, { recursive: true, mode: 0o700 })
    await access(path, constants.W_OK | constants.X_OK)
    return path
  })
}

/** Emulation is slower, not wrong: a remark. Probing needs a kernel, which this builds no more than anything else. */
async function acceleration(): Promise<Check> {
  const name = 'acceleration'
  const check = await attempt(name, 'see what QEMU says', async () => {
    if (!(await present('/dev/kvm'))) return 'none, machines are emulated: the host has no /dev/kvm'
    const kernel = await cachedKernel()
    if (!kernel) return 'not probed yet: first run will'
    const { kind, reason } = await probeAcceleration(await findQemu(), kernel)
    return kind === 'kvm' ? 'KVM' : `none, machines are emulated: ${firstLine(reason ?? 'unknown')}`
  })
  if (!check.detail.startsWith('none')) return { ...check, optional: true }
  const closed = check.detail.includes('may not be opened')
  const fix = closed ? { fix: 'usermod --append --groups kvm $USER as root, then log in again' } : {}
  return { name, ok: false, optional: true, detail: check.detail, ...fix }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''

async function present(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function attempt(name: string, fix: string, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() }
  } catch (error) {
    return { name, ok: false, detail: reason(error), fix }
  }
}

function reason(error: unknown): string {
  if (!(error instanceof LvslabError)) return firstLine(messageOf(error))
  const seen = error.code === 'LVSLAB_E_PROGRAM_MISSING' ? '' : (error.seen?.split('\n').at(-1) ?? '')
  return firstLine(seen === '' ? error.message : `${error.message}: ${seen}`)
}
