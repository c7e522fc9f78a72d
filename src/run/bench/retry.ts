import { messageOf } from '../../errors.ts'

/** One repetition of many that comes to nothing is told, and not the end of all. So many in a section are. */
const MOST_FAILURES = 3

/**
 * Answers what work answers, or undefined when it fails: the note says why.
 *
 * @throws the failure, when there were too many before
 */
export async function dampened<T>(notes: string[], what: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (notes.length >= MOST_FAILURES) throw error
    notes.push(`a repetition of ${what} came to nothing: ${messageOf(error).split('\n')[0] ?? ''}`)
    return undefined
  }
}
