export { ensureBox, planBox, type Box } from './box.ts'
export { cachedKernel, ensureKernel, hasKernel, type Kernel } from './kernel.ts'
export { compareVersions, upstreamVersion } from './debian-version.ts'
export { holdIndexDay, releaseOf, shortReleaseOf, suiteIndex, type Offer, type SuiteIndex } from './suite-index.ts'
export { ensureKeepalivedTree, type KeepalivedTree } from './keepalived-tree.ts'
export { parseNamedWishes, type NamedWishes } from './named-wish.ts'
export { ensureUserland, hasUserland, type Userland } from './userland.ts'
export {
  allIndexes,
  resolveKernel,
  resolveUserland,
  type IndexOf,
  type KernelSource,
  type UserlandSource,
} from './wish.ts'
export {
  ensureEntry,
  keyOf,
  listEntries,
  pruneEntries,
  trimSnapshots,
  type CacheEntry,
  type Progress,
} from './cache.ts'
export { tryLock } from './entry-lock.ts'
export { readCatalog, sourceOf } from './catalog.ts'
