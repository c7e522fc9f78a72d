import { join } from 'node:path'
import { replaceFile, runJson, type Reporter } from '../report/index.ts'
import type { RunRecord } from './record.ts'

/**
 * Keeps OUT/run.json up to date while claims end, so that whatever ends the run leaves the verdicts that there were. What
 * cannot be written now is not told: the end of the run does, if it cannot be written then either.
 */
export class RecordSoFar implements Reporter {
  readonly #path: string
  readonly #record: () => RunRecord
  #writing: Promise<void> = Promise.resolve()
  #waiting = false

  constructor(outDir: string, record: () => RunRecord) {
    this.#path = join(outDir, 'run.json')
    this.#record = record
  }

  claimEnded(): void {
    // One write that is about to begin has this claim too.
    if (this.#waiting) return
    this.#waiting = true
    this.#writing = this.#writing.then(async () => {
      this.#waiting = false
      await replaceFile(this.#path, runJson(this.#record())).catch(() => undefined)
    })
  }

  /** Nothing of it is written any more. */
  async end(): Promise<void> {
    await this.#writing
  }
}
