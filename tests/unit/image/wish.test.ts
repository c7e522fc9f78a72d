import { join } from 'node:path'
import t from 'tap'
import { InfrastructureError } from '../../../src/errors.ts'
import { readOffers, releaseOf, type SuiteIndex } from '../../../src/image/suite-index.ts'
import { resolveKernel, resolveUserland } from '../../../src/image/wish.ts'

const quiet = (): void => undefined

/** As the mirror answered on a day in November 2026, shortened. */
const LISTS: Readonly<Record<string, string>> = {
  bullseye: `
keepalived 1:2.1.5-0.2+deb11u1 bullseye
linux-image-cloud-amd64 5.10.262-1 bullseye-security
linux-image-5.10.0-46-cloud-amd64 5.10.262-1 bullseye-security
linux-image-5.10.0-30-cloud-amd64 5.10.223-1 bullseye`,
  bookworm: `
keepalived 1:2.2.7-1+b2 bookworm
linux-image-6.1.0-9-cloud-amd64 6.1.27-1 bookworm
linux-image-6.1.0-56-cloud-amd64-unsigned 6.1.192-2 bookworm-security
linux-image-6.1.0-56-cloud-amd64 6.1.192-2 bookworm-security
linux-image-6.12.107+deb12-cloud-amd64 6.12.107-1~deb12u1 bookworm-security`,
  'bookworm-backports': `
keepalived 1:2.2.7-1+b2 bookworm
linux-image-6.1.0-56-cloud-amd64 6.1.192-2 bookworm-security
linux-image-6.12.95+deb12-cloud-amd64-unsigned 6.12.95-1~bpo12+1 bookworm-backports`,
  trixie: `
keepalived 1:2.3.3-1 trixie
linux-image-6.12.117+deb13-cloud-amd64 6.12.117-1 trixie-security
linux-image-6.12.107+deb13-cloud-amd64 6.12.107-1 trixie`,
  // Of two that backports have, the package that people install leads to one, not always the newest.
  'trixie-backports': `
linux-image-cloud-amd64 7.1.3-1~bpo13+1 trixie-backports
linux-image-7.1.3+deb13-cloud-amd64 7.1.3-1~bpo13+1 trixie-backports
linux-image-7.2.1+deb13-cloud-amd64 7.2.1-1~bpo13+1 trixie-backports`,
}

async function indexOf(suite: string): Promise<SuiteIndex> {
  const list = LISTS[suite]
  if (list === undefined)
    throw new InfrastructureError('LVSLAB_E_INDEX_STALE', `the index of ${suite} is past its date`)
  return readOffers(suite, list)
}

void t.test('an index has the newest first, each kernel once, signed where it can be', async (t) => {
  const { kernels, keepaliveds } = await indexOf('bookworm')
  t.same(kernels.map(releaseOf), ['6.12.107+deb12-cloud-amd64', '6.1.0-56-cloud-amd64', '6.1.0-9-cloud-amd64'])
  t.same(
    kernels.map((offer) => offer.package.endsWith('-unsigned')),
    [false, false, false],
  )
  t.same(
    keepaliveds.map(({ version }) => version),
    ['1:2.2.7-1+b2'],
  )
})

void t.test('what backports stand on is not theirs', async (t) => {
  const { kernels, keepaliveds } = await indexOf('bookworm-backports')
  t.same(kernels.map(releaseOf), ['6.12.95+deb12-cloud-amd64'])
  t.same(keepaliveds, [])
})

const kernels: Readonly<Record<string, object>> = {
  bookworm: { kind: 'package', name: 'bookworm', suite: 'bookworm', package: 'linux-image-cloud-amd64' },
  'bookworm-backports': { suite: 'bookworm-backports', package: 'linux-image-6.12.95+deb12-cloud-amd64-unsigned' },
  'trixie-backports': { suite: 'trixie-backports', package: 'linux-image-7.1.3+deb13-cloud-amd64' },
  '5.10': { suite: 'bullseye', package: 'linux-image-5.10.0-46-cloud-amd64', name: '5.10.0-46' },
  '6.12': { suite: 'trixie', package: 'linux-image-6.12.117+deb13-cloud-amd64' },
  '6.12.107': { suite: 'trixie', package: 'linux-image-6.12.107+deb13-cloud-amd64' },
  '6.12.107+deb12': { suite: 'bookworm', package: 'linux-image-6.12.107+deb12-cloud-amd64' },
  '6.1.192-2': { suite: 'bookworm', package: 'linux-image-6.1.0-56-cloud-amd64' },
  '6.1.0-9-cloud-amd64': { suite: 'bookworm', package: 'linux-image-6.1.0-9-cloud-amd64' },
}
for (const [wish, expected] of Object.entries(kernels)) {
  void t.test(`--kernel ${wish}`, async (t) => {
    t.match(await resolveKernel(wish, quiet, indexOf), expected)
  })
}

void t.test('--kernel with files', async (t) => {
  const folder = t.testdir({
    'a.deb': '',
    'b.deb': '',
    built: { vmlinuz: '', lib: { modules: { '6.18.0': {} } } },
    alone: { bzImage: '' },
  })
  const debs = [join(folder, 'a.deb'), join(folder, 'b.deb')]
  t.match(await resolveKernel(debs.join(','), quiet, indexOf), { kind: 'debs', paths: debs, name: 'a' })
  const built = { kind: 'files', vmlinuz: join(folder, 'built/vmlinuz'), modules: join(folder, 'built/lib/modules') }
  t.match(await resolveKernel(join(folder, 'built'), quiet, indexOf), built)
  t.match(await resolveKernel(join(folder, 'built/vmlinuz'), quiet, indexOf), built)
  await t.rejects(resolveKernel(join(folder, 'alone'), quiet, indexOf), {
    code: 'LVSLAB_E_KERNEL_UNKNOWN',
    seen: /no lib\/modules beside .*bzImage/,
  })
  await t.rejects(resolveKernel(join(folder, 'absent.deb'), quiet, indexOf), { code: 'LVSLAB_E_FILE_UNKNOWN' })
})

void t.test('--keepalived', async (t) => {
  t.match(await resolveUserland('trixie', quiet, indexOf), { name: 'trixie', suite: 'trixie' })
  t.match(await resolveUserland('2.3.3', quiet, indexOf), { suite: 'trixie' })
  t.match(await resolveUserland('2.1', quiet, indexOf), { suite: 'bullseye' })
  t.match(await resolveUserland('1:2.2.7-1+b2', quiet, indexOf), { suite: 'bookworm' })
  const folder = t.testdir({ 'keepalived_2.3.1.deb': '' })
  const own = await resolveUserland(join(folder, 'keepalived_2.3.1.deb'), quiet, indexOf)
  t.match(own, { name: 'bookworm with keepalived_2.3.1.deb', suite: 'bookworm' })
})

void t.test('what nobody has is answered by what there is, and by what could not be asked', async (t) => {
  const said: string[] = []
  await t.rejects(
    resolveKernel('6.120', (line) => said.push(line), indexOf),
    {
      code: 'LVSLAB_E_KERNEL_UNKNOWN',
      seen: /bullseye 5\.10\.0-46-cloud-amd64.*sid: the index of sid is past its date/s,
      todo: /image ls --available/,
    },
  )
  t.match(said.join('\n'), /sid is left out: the index of sid is past its date/)
  await t.rejects(resolveUserland('2.3.30', quiet, indexOf), {
    code: 'LVSLAB_E_KEEPALIVED_UNKNOWN',
    seen: /trixie 1:2\.3\.3-1/,
  })
})
