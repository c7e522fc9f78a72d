import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { LvslabError, UsageError } from '../errors.ts'
import type { Progress } from './cache.ts'
import { readCatalog, sourceOf, type Catalog } from './catalog.ts'
import { compareVersions, upstreamVersion } from './debian-version.ts'
import { releaseOf, shortReleaseOf, suiteIndex, type Offer, type SuiteIndex } from './suite-index.ts'

/** Where a kernel comes from. */
export type KernelSource =
  | { readonly kind: 'package'; readonly name: string; readonly suite: string; readonly package: string }
  | { readonly kind: 'debs'; readonly name: string; readonly paths: readonly string[] }
  /** A vmlinuz and the folder lib/modules/RELEASE that belongs to it. */
  | { readonly kind: 'files'; readonly name: string; readonly vmlinuz: string; readonly modules: string }

/** Where a userland comes from, and its keepalived if that is another than the suite's own. */
export interface UserlandSource {
  readonly name: string
  readonly suite: string
  /** A .deb that takes the place of the suite's keepalived. */
  readonly deb?: string
  /** The whole Debian version that the suite's keepalived must have, where a version was asked for. */
  readonly version?: string
}

/** Asks for what a suite offers; for tests, and to plan many wishes with each index asked for once. */
export type IndexOf = (suite: string) => Promise<SuiteIndex>

/**
 * What `--kernel` means: nothing (the default), a suite, a version ("6.12", "6.12.107", "6.1.0-53-cloud-amd64",
 * "6.1.187-1": the newest that fits), a .deb or several with commas between them, a vmlinuz with its modules beside it,
 * or a folder that has both.
 *
 * @throws UsageError `LVSLAB_E_KERNEL_UNKNOWN` with what there is
 */
export async function resolveKernel(
  wish: string | undefined,
  progress: Progress,
  indexOf: IndexOf = (suite) => suiteIndex(suite, progress),
): Promise<KernelSource> {
  const catalog = await readCatalog()
  const wanted = wish ?? catalog.default.kernel
  if (isPath(wanted)) return kernelFiles(wanted)
  if (!isSuite(catalog, wanted)) {
    const { offer, name } = await kernelOffer(wanted, indexOf, progress)
    return { kind: 'package', name, suite: offer.suite, package: offer.package }
  }
  // The package that leads to the usual kernel may be its base's where a suite adds to another: its own is known, or the newest is taken.
  if (catalog.suites[wanted]?.on === undefined)
    return { kind: 'package', name: wanted, suite: wanted, package: catalog['kernel-package'] }
  const { usualKernel, kernels } = await indexOf(wanted)
  const usual = usualKernel ?? kernels[0]
  if (usual) return { kind: 'package', name: wanted, suite: wanted, package: usual.package }
  throw new UsageError('LVSLAB_E_KERNEL_UNKNOWN', `${wanted} has no kernel of its own today`)
}

/**
 * What `--keepalived` means: nothing (the default userland's), a suite, a version ("2.3.3", "1:2.3.3-1"), or a .deb, which
 * goes into the default userland.
 *
 * @throws UsageError `LVSLAB_E_KEEPALIVED_UNKNOWN` with what there is
 */
export async function resolveUserland(
  wish: string | undefined,
  progress: Progress,
  indexOf: IndexOf = (suite) => suiteIndex(suite, progress),
): Promise<UserlandSource> {
  const catalog = await readCatalog()
  const wanted = wish ?? catalog.default.userland
  if (isPath(wanted)) {
    const deb = demandFile(wanted)
    return { name: `${catalog.default.userland} with ${basename(deb)}`, suite: catalog.default.userland, deb }
  }
  if (isSuite(catalog, wanted)) return { name: wanted, suite: wanted }
  const { indexes, skipped } = await allIndexes(progress, indexOf)
  const offers = indexes.flatMap(({ keepaliveds }) => keepaliveds)
  const found =
    offers.find(({ version }) => version === wanted) ??
    newest(offers.filter(({ version }) => isOrBegins(upstreamVersion(version), wanted)))
  if (found) return { name: found.suite, suite: found.suite, version: found.version }
  throw unknown('KEEPALIVED', `no keepalived "${wanted}"`, {
    known: indexes.flatMap(({ suite, keepaliveds }) => keepaliveds.map(({ version }) => `${suite} ${version}`)),
    skipped,
  })
}

async function kernelOffer(
  wanted: string,
  indexOf: IndexOf,
  progress: Progress,
): Promise<{ offer: Offer; name: string }> {
  const { indexes, skipped } = await allIndexes(progress, indexOf)
  const offers = indexes.flatMap(({ kernels }) => kernels)
  const exact = offers.find(
    (offer) =>
      [offer.package, offer.version, releaseOf(offer)].includes(wanted) || releaseOf(offer) === `${wanted}-cloud-amd64`,
  )
  const offer =
    exact ?? newest(offers.filter((one) => isOrBegins(releaseOf(one), wanted) || isOrBegins(one.version, wanted)))
  if (offer) return { offer, name: shortReleaseOf(offer) }
  throw unknown('KERNEL', `no kernel "${wanted}"`, {
    known: indexes.flatMap(({ suite, kernels }) => kernels.slice(0, 4).map((one) => `${suite} ${releaseOf(one)}`)),
    skipped,
  })
}

/** All suites' offers; one whose mirror is of no use is left out, and said to be. */
export async function allIndexes(
  progress: Progress,
  indexOf: IndexOf = (suite) => suiteIndex(suite, progress),
): Promise<{ indexes: SuiteIndex[]; skipped: string[] }> {
  const indexes: SuiteIndex[] = []
  const skipped: string[] = []
  for (const suite of Object.keys((await readCatalog()).suites)) {
    try {
      indexes.push(await indexOf(suite))
    } catch (error) {
      if (!(error instanceof LvslabError)) throw error
      skipped.push(`${suite}: ${error.message}`)
      progress(`${suite} is left out: ${error.message}`)
    }
  }
  return { indexes, skipped }
}

function unknown(
  what: 'KERNEL' | 'KEEPALIVED',
  message: string,
  { known, skipped }: { known: readonly string[]; skipped: readonly string[] },
): UsageError {
  const seen = [known.length === 0 ? 'nothing is known' : `known: ${known.join(', ')}`, ...skipped]
  return new UsageError(`LVSLAB_E_${what}_UNKNOWN`, message, {
    seen: seen.join('\n'),
    todo: 'choose a suite, a version that "npx lvslab image ls --available" shows, or a file',
  })
}

function newest(offers: readonly Offer[]): Offer | undefined {
  return offers.toSorted((a, b) => compareVersions(b.version, a.version))[0]
}

/** "6.12" is "6.12" and begins "6.12.107", but not "6.120". */
function isOrBegins(text: string, wanted: string): boolean {
  return text.startsWith(wanted) && !/^\d/.test(text.slice(wanted.length))
}

function isSuite(catalog: Catalog, wish: string): boolean {
  return Object.hasOwn(catalog.suites, wish) && sourceOf(catalog, wish) !== ''
}

function isPath(wish: string): boolean {
  return wish.includes('/') || wish.endsWith('.deb')
}

function demandFile(path: string): string {
  const whole = resolve(path)
  if (existsSync(whole)) return whole
  throw new UsageError('LVSLAB_E_FILE_UNKNOWN', `${whole} is not there`)
}

function kernelFiles(wish: string): KernelSource {
  if (wish.endsWith('.deb')) {
    const paths = wish.split(',').map(demandFile)
    return { kind: 'debs', name: basename(paths[0]!, '.deb'), paths }
  }
  const path = demandFile(wish)
  const [folder, vmlinuz] = statSync(path).isDirectory() ? [path, undefined] : [dirname(path), path]
  const kernel =
    vmlinuz ?? ['vmlinuz', 'bzImage', 'arch/x86/boot/bzImage'].map((name) => join(folder, name)).find(existsSync)
  const modules = ['modules', 'lib/modules', 'usr/lib/modules', '../lib/modules']
    .map((name) => join(folder, name))
    .find(existsSync)
  if (kernel !== undefined && modules !== undefined)
    return { kind: 'files', name: basename(path), vmlinuz: kernel, modules }
  throw new UsageError('LVSLAB_E_KERNEL_UNKNOWN', `${wish} is not a kernel with its modules`, {
    seen: kernel === undefined ? `no vmlinuz or bzImage in ${folder}` : `no lib/modules beside ${kernel}`,
    todo: 'make INSTALL_MOD_PATH=FOLDER modules_install, and put bzImage into FOLDER as vmlinuz',
  })
}
