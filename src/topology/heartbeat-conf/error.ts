import { UsageError } from '../../errors.ts'
import type { SourceLocation, SourceText } from '../source-text.ts'

/** An ha.cf or haresources that cannot be understood, or that heartbeat would not start with. */
export class HeartbeatConfError extends UsageError {
  readonly at: SourceLocation

  constructor(source: SourceText, at: SourceLocation, message: string, todo?: string) {
    super('LVSLAB_E_HEARTBEAT_CONF', `${source.label(at)}: ${message}`, {
      tried: `read the heartbeat configuration ${source.file}`,
      seen: source.excerpt(at),
      todo: todo ?? 'mend that line, then run again',
    })
    this.at = at
  }
}
