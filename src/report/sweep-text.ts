import type { Sweep } from '../run/record.ts'
import { figureText } from './quantity.ts'

/** "covers 84.1 % of 2.56–3.66 s; largest gap 0.21 s; 0.03 s from the lower end, 0.14 s from the upper". */
export function sweepText({ window, share, largestGapMs, lowSlackMs, highSlackMs }: Sweep): string {
  const text = (value: number, unit: string): string => figureText({ value, unit }).value
  const ends = figureText({ value: window.min, unit: 'ms', window }).window ?? ''
  return (
    `covers ${text(share, 'share')} of ${ends}; largest gap ${text(largestGapMs, 'ms')}; ` +
    `${text(lowSlackMs, 'ms')} from the lower end, ${text(highSlackMs, 'ms')} from the upper`
  )
}
