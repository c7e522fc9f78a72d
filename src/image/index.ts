export { cachedKernel, ensureKernel, ensureUserland, type Kernel, type Userland } from './builder.ts'
export {
  ensureEntry,
  keyOf,
  listEntries,
  pruneEntries,
  trimSnapshots,
  type CacheEntry,
  type Progress,
} from './cache.ts'
export { readCatalog } from './catalog.ts'
