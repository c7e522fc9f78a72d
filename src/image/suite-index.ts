import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildWith, mirror, textOf } from './build-script.ts'
import { ensureEntry, type Progress } from './cache.ts'
import { readCatalog, sourceOf } from './catalog.ts'
import { compareVersions } from './debian-version.ts'

/** A package that a suite offers. */
export interface Offer {
  /** "keepalived", "linux-image-6.12.107+deb13-cloud-amd64". */
  readonly package: string
  readonly version: string
  /** Under this name it can be asked for: "bookworm", also where it comes from bookworm's security updates. */
  readonly suite: string
}

/** What a suite has of keepalived and of kernels, the newest first. */
export interface SuiteIndex {
  readonly suite: string
  readonly keepaliveds: readonly Offer[]
  /** One for each kernel release; unsigned builds only where there is no other. */
  readonly kernels: readonly Offer[]
  /** The one that an installation of the suite would have: not always the newest that there is. */
  readonly usualKernel?: Offer
}

/** Names the day whose answers count, for processes that work on one run: midnight must not change a kernel within it. */
const DAY = 'LVSLAB_INDEX_DAY'

/** From here on this process and those that it starts hold to today's answers. */
export function holdIndexDay(now = new Date()): void {
  process.env[DAY] ??= dayOf(now)
}

/**
 * Asks the mirror what a suite offers; an answer is good for the day (UTC) on which it was given.
 *
 * @throws UsageError `LVSLAB_E_SUITE_UNKNOWN`
 * @throws InfrastructureError `LVSLAB_E_MIRROR_UNREACHABLE`, `LVSLAB_E_INDEX_STALE`
 */
export async function suiteIndex(suite: string, progress: Progress, now = new Date()): Promise<SuiteIndex> {
  const source = sourceOf(await readCatalog(), suite)
  const label = `index of ${suite}`
  const entry = await ensureEntry(
    {
      kind: 'index',
      label,
      needsMiB: 200,
      from: { source, day: process.env[DAY] ?? dayOf(now), mirror: mirror(), list: await textOf('list-suite.sh') },
      build: async (directory) => {
        const args = [source, join(directory, 'offers'), ...mirror()]
        await buildWith('list-suite.sh', args, label, directory, progress)
        return {}
      },
    },
    progress,
  )
  return readOffers(suite, await readFile(join(entry.directory, 'offers'), 'utf8'))
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** Reads what provision/image/list-suite.sh leaves: lines of "package version suite". */
export function readOffers(suite: string, text: string): SuiteIndex {
  const all = text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([name = '', version = '', from = '']) => name !== '' && version !== '' && belongsTo(suite, from))
    .map(([name = '', version = '']) => ({ package: name, version, suite }))
    .sort((a, b) => compareVersions(b.version, a.version))
  const kernels = signedFirst(unique(all.filter((offer) => /^linux-image-\d+\.\d+\.\d/.test(offer.package))))
  const leading = all.find((offer) => offer.package === 'linux-image-cloud-amd64')
  const usualKernel = kernels.find(({ version }) => version === leading?.version)
  return {
    suite,
    ...(usualKernel === undefined ? {} : { usualKernel }),
    keepaliveds: unique(all.filter((offer) => offer.package === 'keepalived')),
    kernels,
  }
}

/** As uname -r has it: "6.12.107+deb13-cloud-amd64". */
export function releaseOf(kernel: Offer): string {
  return kernel.package.replace(/^linux-image-/, '').replace(/-unsigned$/, '')
}

/** Without what all of them have: "6.12.107+deb13". */
export function shortReleaseOf(kernel: Offer): string {
  return releaseOf(kernel).replace(/-cloud-amd64$/, '')
}

/** Security and point-release updates are a suite's own; what backports stand on is not theirs. */
function belongsTo(suite: string, from: string): boolean {
  return from === suite || from === `${suite}-security` || from === `${suite}-updates`
}

function unique(offers: readonly Offer[]): Offer[] {
  return offers.filter(
    (offer, index) => offers.findIndex((o) => o.package === offer.package && o.version === offer.version) === index,
  )
}

function signedFirst(kernels: readonly Offer[]): Offer[] {
  const names = new Set(kernels.map((offer) => offer.package))
  return kernels.filter(
    ({ package: name }) => !name.endsWith('-unsigned') || !names.has(name.slice(0, -'-unsigned'.length)),
  )
}
