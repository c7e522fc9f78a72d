import { join } from 'node:path'
import t from 'tap'
import { UsageError } from '../../../src/errors.ts'
import { pick, readCatalog } from '../../../src/image/catalog.ts'

const valid = `
default: { userland: bookworm, kernel: bookworm }
userlands: { bookworm: { suite: bookworm } }
kernels: { bookworm: { suite: bookworm, package: linux-image-cloud-amd64 } }
packages: [keepalived]
initramfs-modules: [virtio_net]
`

void t.test("the project's own catalog is valid, and its defaults are in it", async (t) => {
  const catalog = await readCatalog()
  t.ok(pick('userland', catalog.userlands, catalog.default.userland).suite)
  t.ok(pick('kernel', catalog.kernels, catalog.default.kernel).package)
  t.ok(catalog.packages.includes('keepalived'))
})

void t.test('an unknown name is answered by the known ones', async (t) => {
  t.throws(() => void pick('kernel', { bookworm: 1, trixie: 2 }, 'sarge'), {
    code: 'LVSLAB_E_KERNEL_UNKNOWN',
    message: 'no kernel "sarge"',
    seen: 'known: bookworm, trixie',
    todo: /provision\/images\.yaml/,
  })
  t.throws(() => void pick('userland', {}, 'sarge'), { code: 'LVSLAB_E_USERLAND_UNKNOWN' })
})

void t.test('what every object inherits is not a name', async (t) => {
  t.throws(() => void pick('kernel', {}, 'constructor'), { code: 'LVSLAB_E_KERNEL_UNKNOWN' })
})

void t.test('mistakes are told with their place', async (t) => {
  const mistakes: Readonly<Record<string, { readonly text: string; readonly seen: RegExp }>> = {
    'a word that is none of its keys': { text: `${valid}\nmirror: here`, seen: /mirror/ },
    'a kernel without a package': {
      text: valid.replace(', package: linux-image-cloud-amd64', ''),
      seen: /kernels.*package/s,
    },
    'a suite that could be an option': { text: valid.replace('{ suite: bookworm }', '{ suite: -x }'), seen: /suite/ },
    'no packages': { text: valid.replace('[keepalived]', '[]'), seen: /packages/ },
    'no YAML': { text: 'default: {', seen: /flow/i },
  }
  const base = t.testdir(Object.fromEntries(Object.entries(mistakes).map(([name, { text }]) => [name, text])))
  for (const [name, { seen }] of Object.entries(mistakes)) {
    await t.rejects(readCatalog(join(base, name)), { code: 'LVSLAB_E_CATALOG_INVALID', seen }, name)
  }
  await t.rejects(readCatalog(join(base, 'absent')), UsageError)
})
