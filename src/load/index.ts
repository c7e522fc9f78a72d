export {
  curlCommand,
  curlConfig,
  curlFromConfig,
  parseCurlOutput,
  placeInTime,
  type CurlLine,
  type Request,
} from './curl.ts'
export { blackout, countByServer, type Blackout } from './history.ts'
export { burst, CURLS, steady, type BurstOptions, type SteadyLoad, type SteadyOptions } from './load.ts'
export { connectionsOf, type Connections, type Opening } from './connections.ts'
export { type Connection } from './connections-script.ts'
