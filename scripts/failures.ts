// Prints what the failed assertions in a TAP file say: failures.ts FILE
import { readFileSync } from 'node:fs'
import { failuresIn } from './lib/tally.ts'

console.log(failuresIn(readFileSync(process.argv[2] ?? '/dev/stdin', 'utf8')))
