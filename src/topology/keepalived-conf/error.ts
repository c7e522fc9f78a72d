import { UsageError } from '../../errors.ts'
import type { SourceLocation, SourceText } from '../source-text.ts'

export type KeepalivedConfErrorCode =
  /** Braces or quotes do not close. */
  | 'LVSLAB_E_KEEPALIVED_CONF_SYNTAX'
  /** A value that keepalived would refuse. */
  | 'LVSLAB_E_KEEPALIVED_CONF_VALUE'
  /** Something that keepalived needs and that is not there. */
  | 'LVSLAB_E_KEEPALIVED_CONF_MISSING'
  /** Valid for keepalived, but this reader cannot tell what it means; it does not guess. */
  | 'LVSLAB_E_KEEPALIVED_CONF_UNSUPPORTED'

/** A keepalived.conf that cannot be understood. */
export class KeepalivedConfError extends UsageError {
  readonly at: SourceLocation

  constructor(code: KeepalivedConfErrorCode, source: SourceText, at: SourceLocation, message: string, todo?: string) {
    super(code, `${source.label(at)}: ${message}`, {
      tried: `read the keepalived configuration ${source.file}`,
      seen: source.excerpt(at),
      todo: todo ?? 'mend that line, then run again',
    })
    this.at = at
  }
}
