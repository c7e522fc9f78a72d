import { join } from 'node:path'
import t from 'tap'
import { UsageError } from '../../../src/errors.ts'
import { readCatalog, sourceOf } from '../../../src/image/catalog.ts'

const valid = `
default: { userland: bookworm, kernel: bookworm }
suites: { bookworm: {}, bookworm-backports: { on: bookworm } }
kernel-package: linux-image-cloud-amd64
packages: [keepalived]
initramfs-modules: [virtio_net]
`

void t.test("the project's own catalog is valid, and its defaults are in it", async (t) => {
  const catalog = await readCatalog()
  t.equal(sourceOf(catalog, catalog.default.userland), catalog.default.userland)
  t.equal(sourceOf(catalog, catalog.default.kernel), catalog.default.kernel)
  for (const { on } of Object.values(catalog.suites)) t.ok(on === undefined || on in catalog.suites)
  t.ok(catalog.packages.includes('keepalived'))
})

void t.test('a suite that adds to another comes with it', async (t) => {
  const catalog = await readCatalog()
  t.equal(sourceOf(catalog, 'bookworm-backports'), 'bookworm+bookworm-backports')
  t.equal(sourceOf(catalog, 'experimental'), 'sid+experimental')
})

void t.test('an unknown suite is answered by the known ones', async (t) => {
  const catalog = await readCatalog()
  t.throws(() => sourceOf(catalog, 'sarge'), {
    code: 'LVSLAB_E_SUITE_UNKNOWN',
    message: 'no Debian suite "sarge"',
    seen: /^known: bullseye, bookworm, /,
    todo: /provision\/images\.yaml/,
  })
  t.throws(() => sourceOf(catalog, 'constructor'), { code: 'LVSLAB_E_SUITE_UNKNOWN' }, 'what every object inherits')
})

void t.test('mistakes are told with their place', async (t) => {
  const mistakes: Readonly<Record<string, { readonly text: string; readonly seen: RegExp }>> = {
    'a word that is none of its keys': { text: `${valid}\nmirror: here`, seen: /mirror/ },
    'no kernel package': { text: valid.replace(/^kernel-package.*$/m, ''), seen: /kernel-package/ },
    'a suite that could be an option': { text: valid.replace('{ on: bookworm }', '{ on: -x }'), seen: /suites.*on/s },
    'no packages': { text: valid.replace('[keepalived]', '[]'), seen: /packages/ },
    'no YAML': { text: 'default: {', seen: /flow/i },
  }
  const base = t.testdir(Object.fromEntries(Object.entries(mistakes).map(([name, { text }]) => [name, text])))
  for (const [name, { seen }] of Object.entries(mistakes)) {
    await t.rejects(readCatalog(join(base, name)), { code: 'LVSLAB_E_CATALOG_INVALID', seen }, name)
  }
  await t.rejects(readCatalog(join(base, 'absent')), UsageError)
})
