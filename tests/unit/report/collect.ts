import type { Output } from '../../../src/report/index.ts'

/** An output that keeps what is written. */
export class Collected implements Output {
  text = ''
  closed = false
  write(text: string): void {
    this.text += text
  }
  async close(): Promise<void> {
    this.closed = true
  }
}
