export { KeepalivedConfError, type KeepalivedConfErrorCode } from './error.ts'
export type * from './model.ts'
export {
  DEFAULT_KEEPALIVED_VERSION,
  KEEPALIVED_CONF_PATH,
  parseKeepalivedConf,
  readKeepalivedConf,
  readKeepalivedConfs,
  type ReadAllOptions,
  type ReadOptions,
} from './read.ts'
