export { curlCommand, parseCurlOutput, placeFailures, placeInTime, type CurlLine, type Request } from './curl.ts'
export { blackout, countByServer, type Blackout } from './history.ts'
export { burst, steady, type BurstOptions, type SteadyLoad, type SteadyOptions } from './load.ts'
