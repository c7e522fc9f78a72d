export { HeartbeatConfError } from './error.ts'
export type * from './model.ts'
export {
  HA_CF_PATH,
  HARESOURCES_PATH,
  type HeartbeatText,
  parseHeartbeatConf,
  readHeartbeatConf,
  readHeartbeatConfs,
} from './read.ts'
