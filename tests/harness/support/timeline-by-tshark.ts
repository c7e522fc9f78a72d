import { run } from '../../../src/host/process.ts'
import type { Timeline, TimelineEvent } from '../../../src/run/record.ts'

/** Reported times and the capture's are of one clock; what differs is how their digits are written. */
const TOLERANCE_MS = 1

export interface Comparison {
  readonly event: TimelineEvent
  /** From the event's time to the nearest frame that its filter finds, ms; undefined where it finds none. */
  readonly offByMs: number | undefined
  /** What is wrong, in words; undefined if nothing is. */
  readonly problem: string | undefined
}

/** The given fields of the frames that a display filter finds, as tshark writes them. */
export async function fieldsByTshark(
  capture: string,
  filter: string,
  fields: readonly [string, ...string[]],
): Promise<string[][]> {
  const chosen = fields.flatMap((field) => ['-e', field])
  const args = ['-n', '-r', capture, '-Y', filter, '-T', 'fields', ...chosen]
  const { stdout } = await run('tshark', args, { timeoutMs: 60_000 })
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => line.split('\t'))
}

/** When the frames that a display filter finds were captured, Unix epoch in ms. */
async function framesByTshark(capture: string, filter: string): Promise<number[]> {
  const frames = await fieldsByTshark(capture, filter, ['frame.time_epoch'])
  return frames.map(([epoch]) => Number(epoch) * 1000)
}

/**
 * Looks for every event of a timeline that a frame shows in the captures, with another decoder than the harness's own:
 * a frame must be there at the event's time to the millisecond, none before what is called the first of its kind since
 * the timeline's beginning, and none after what is called the last, until the successor spoke.
 * @param captureOf - path of a network's capture
 */
export async function compareWithTshark(
  timeline: Timeline,
  captureOf: (network: string) => string,
): Promise<Comparison[]> {
  const { events, epochMs } = timeline
  if (epochMs === undefined) throw new TypeError('the timeline does not say when its clock began')
  const found = new Map<string, Promise<number[]>>()
  const framesOf = ({ network = '', filter = '' }: TimelineEvent): Promise<number[]> => {
    const key = `${network} ${filter}`
    const frames = found.get(key) ?? framesByTshark(captureOf(network), filter)
    found.set(key, frames)
    return frames
  }
  const comparisons: Comparison[] = []
  for (const event of events) {
    if (event.filter === undefined) continue
    const frames = (await framesOf(event)).map((at) => at - epochMs)
    comparisons.push({ event, ...verdictOn(event, frames, timeline) })
  }
  return comparisons
}

function verdictOn(
  { kind, atMs }: TimelineEvent,
  frames: readonly number[],
  { events }: Timeline,
): Pick<Comparison, 'offByMs' | 'problem'> {
  const offByMs = frames.map((at) => at - atMs).sort((a, b) => Math.abs(a) - Math.abs(b))[0]
  if (offByMs === undefined) return { offByMs, problem: 'no frame in the capture is like it' }
  if (Math.abs(offByMs) >= TOLERANCE_MS)
    return { offByMs, problem: `the nearest frame is ${offByMs.toFixed(3)} ms off` }
  const begin = events.find(({ filter }) => filter === undefined)?.atMs ?? events[0]!.atMs
  const earlier = frames.find((at) => at > begin && at < atMs - TOLERANCE_MS)
  if (kind.startsWith('first ') && earlier !== undefined) {
    return { offByMs, problem: `it is not the first: there is one ${(atMs - earlier).toFixed(1)} ms before` }
  }
  const end = events.find((event) => event.kind === 'first advert')?.atMs ?? events.at(-1)!.atMs
  const later = frames.find((at) => at > atMs + TOLERANCE_MS && at < end)
  if (kind.startsWith('last ') && later !== undefined) {
    return { offByMs, problem: `it is not the last: there is one ${(later - atMs).toFixed(1)} ms after` }
  }
  return { offByMs, problem: undefined }
}
