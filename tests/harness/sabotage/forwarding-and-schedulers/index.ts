import type { SabotageTable } from '../table.ts'
import { forwarding } from './forwarding.ts'
import { schedulers } from './schedulers.ts'

export const forwardingAndSchedulers: SabotageTable = {
  topology: 'forwarding-and-schedulers',
  sabotages: [...forwarding, ...schedulers],
}
