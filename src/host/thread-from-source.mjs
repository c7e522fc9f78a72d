// In development threads are TypeScript. `--import tsx` in a Worker's execArgv has no effect on its entry
// point in Node 20, so the loader is registered from inside the thread. Published code does not come through here.
import { register } from 'tsx/esm/api'
import { workerData } from 'node:worker_threads'

register()
await import(workerData.entry)
