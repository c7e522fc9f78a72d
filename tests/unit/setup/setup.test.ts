import { readdirSync } from 'node:fs'
import t from 'tap'
import { Checkout, completeHost, ordinaryUser } from './support/checkout.ts'

/** Says of all packages but `missing` that they are installed. */
const lacking = (missing: string): string => `${completeHost['dpkg-query']} | grep -v ' ${missing}$'`

const install = (name: string): string =>
  `apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 install --no-install-recommends ${name}`
const update = 'apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 update'
const npmCi = 'npm ci --include=dev --no-audit --no-fund'

void t.test('a fresh clone gets its npm packages; the second time nothing is done or said', async (t) => {
  const checkout = new Checkout(t)
  const first = checkout.setup()
  t.equal(first.code, 0, first.stderr)
  t.strictSame(first.calls, [npmCi])
  t.match(first.stderr, /^setup: installing npm packages\nsetup: installing npm packages: done in \d+ s\n$/)

  const second = checkout.setup()
  t.strictSame(second, { code: 0, stdout: '', stderr: '', calls: [] })
  t.notOk(
    readdirSync(checkout.folder).some((name) => name.endsWith('.log')),
    'no log is left',
  )
})

void t.test('another lock file, or another major version of Node, installs anew', async (t) => {
  const checkout = new Checkout(t)
  checkout.setup()
  checkout.write('package-lock.json', '{ "lockfileVersion": 3, "name": "other" }')
  t.strictSame(checkout.setup().calls, [npmCi])
  t.strictSame(checkout.setup().calls, [])
  t.strictSame(checkout.setup({ node: 'echo v22.1.0' }).calls, [npmCi])
})

void t.test('npm ci run by hand is as good', async (t) => {
  const checkout = new Checkout(t)
  checkout.write('node_modules/tap/package.json', '{}')
  await new Promise((resolve) => setTimeout(resolve, 20))
  checkout.write('node_modules/.package-lock.json', '{}')
  t.strictSame(checkout.setup().calls, [])
  t.ok(checkout.has('node_modules/.lvslab-lock-hash'))
})

void t.test('missing packages are installed, after reading the lists', async (t) => {
  const { code, calls, stderr } = new Checkout(t).setup({ 'dpkg-query': lacking('mmdebstrap') })
  t.equal(code, 0)
  t.strictSame(calls, [update, install('mmdebstrap'), npmCi])
  t.match(stderr, 'setup: installing mmdebstrap: done in')
})

void t.test('the tests need more than a run', async (t) => {
  const checkout = new Checkout(t)
  t.strictSame(checkout.setup({ 'dpkg-query': lacking('tshark') }).calls, [npmCi])
  t.strictSame(checkout.setup({ 'dpkg-query': lacking('tshark') }, ['--with-tests']).calls, [update, install('tshark')])
})

void t.test('Vagrant is installed only where it is asked for', async (t) => {
  const checkout = new Checkout(t)
  const without = { 'dpkg-query': lacking('vagrant-libvirt') }
  t.strictSame(checkout.setup(without, ['--with-tests']).calls, [npmCi])
  t.strictSame(checkout.setup(without, ['--with-vagrant']).calls, [update, install('vagrant-libvirt')])
})

void t.test("somebody's broken package source does not stop us", async (t) => {
  const aptGet = `${completeHost['apt-get']}; case $* in *update) echo 'E: no Release file' >&2; exit 100 ;; esac`
  const { code, stderr } = new Checkout(t).setup({ 'dpkg-query': lacking('kmod'), 'apt-get': aptGet })
  t.equal(code, 0)
  t.match(stderr, 'some package lists could not be read; going on with the others')
})

void t.test('an installation that fails shows what apt said last, and where the rest is', async (t) => {
  const aptGet = `case $* in *update) ;; *) seq 1 40; echo 'E: Unable to locate package kmod' >&2; exit 100 ;; esac`
  const { code, stderr } = new Checkout(t).setup({ 'dpkg-query': lacking('kmod'), 'apt-get': aptGet })
  t.equal(code, 4)
  t.match(stderr, 'LVSLAB_E_PACKAGES_FAILED: installing kmod: failed')
  t.match(stderr, /saw: {4}\d+\n/)
  t.match(stderr, 'E: Unable to locate package kmod')
  t.notMatch(stderr, /^ +7$/m, 'not all of it')
  t.match(stderr, /do: {5}see what apt says.*lvslab-setup-\w+\.log/)
})

void t.test('npm failing shows what npm said, and is tried again next time', async (t) => {
  const checkout = new Checkout(t)
  const npm = `${completeHost['npm']}; echo 'npm error network' >&2; exit 1`
  const { code, stderr } = checkout.setup({ npm })
  t.equal(code, 4)
  t.match(stderr, /LVSLAB_E_NPM_FAILED: installing npm packages: failed\n {2}saw: {4}npm error network/)
  t.strictSame(checkout.setup().calls, [npmCi])
})

void t.test('an ordinary user without sudo is told the one line', async (t) => {
  const { code, calls, stderr } = new Checkout(t).setup({ ...ordinaryUser, 'dpkg-query': lacking('uidmap') })
  t.equal(code, 4)
  t.strictSame(calls, [])
  t.match(stderr, 'LVSLAB_E_PACKAGES_MISSING')
  t.match(stderr, 'do:     run as root: apt-get update && apt-get install --no-install-recommends uidmap\n')
})

void t.test('an ordinary user with sudo needs not be root', async (t) => {
  const sudo = '[ "$1" = -n ] && shift; exec "$@"'
  const { code, calls } = new Checkout(t).setup({ ...ordinaryUser, sudo, 'dpkg-query': lacking('uidmap') })
  t.equal(code, 0)
  t.strictSame(calls, [update, install('uidmap'), npmCi])
})

void t.test('what an ordinary user lacks to build images is named', async (t) => {
  const failing = (when: string): string => `case "$*" in ${when}) echo 'unshare: refused' >&2; exit 1 ;; esac`
  const cases = [
    ['*', 'LVSLAB_E_NO_USER_NAMESPACES', 'kernel.unprivileged_userns_clone=1'],
    ['*--map-root-user*', 'LVSLAB_E_NO_USER_NAMESPACES', 'kernel.apparmor_restrict_unprivileged_userns=0'],
    ['*--map-auto*', 'LVSLAB_E_NO_SUBORDINATE_IDS', 'usermod --add-subuids'],
  ] as const
  for (const [when, code, fix] of cases) {
    const outcome = new Checkout(t).setup({ ...ordinaryUser, unshare: failing(when) })
    t.equal(outcome.code, 4)
    t.match(outcome.stderr, code)
    t.match(outcome.stderr, 'saw:    unshare: refused')
    t.match(outcome.stderr, fix)
  }
})

void t.test('root needs no namespaces', async (t) => {
  t.equal(new Checkout(t).setup({ unshare: 'exit 1' }).code, 0)
})

void t.test('a Node that is too old, and another kind of host, are named', async (t) => {
  const cases = [
    [{ node: 'echo v20.9.0' }, 'LVSLAB_E_NODE_TOO_OLD'],
    [{ node: 'echo v18.20.4' }, 'LVSLAB_E_NODE_TOO_OLD'],
    [{ uname: 'echo Linux aarch64' }, 'LVSLAB_E_HOST_UNSUPPORTED'],
    [{ uname: 'echo Darwin x86_64' }, 'LVSLAB_E_HOST_UNSUPPORTED'],
  ] as const
  for (const [programs, wanted] of cases) {
    const { code, stderr, calls } = new Checkout(t).setup(programs)
    t.equal(code, 4)
    t.match(stderr, wanted)
    t.strictSame(calls, [])
  }
  for (const node of ['echo v20.11.0', 'echo v22.0.0', 'echo v100.0.0']) {
    t.equal(new Checkout(t).setup({ node }).code, 0, node)
  }
})

void t.test('an unknown option is a usage error', async (t) => {
  const { code, stderr } = new Checkout(t).setup({}, ['--with-everything'])
  t.equal(code, 2)
  t.match(stderr, 'LVSLAB_E_USAGE: unknown option --with-everything')
})
