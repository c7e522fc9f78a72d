/** A line of a machine's journal. */
export interface JournalEntry {
  /**
   * When it was sent to journald, ms since the machine's boot: journald stamps what it reads, and that is late where many
   * programs write at once (systemd.journal-fields(7), _SOURCE_REALTIME_TIMESTAMP and __MONOTONIC_TIMESTAMP).
   */
  readonly sentMs: number
  /** "Keepalived_healthcheckers[412]: Removing service …" */
  readonly text: string
}

const FIELDS = 'MESSAGE,SYSLOG_IDENTIFIER,_COMM,_PID,_SOURCE_REALTIME_TIMESTAMP'

/**
 * A shell command that prints the last lines of the present boot for {@link parseJournal}.
 *
 * @param unit - of this unit only
 */
export function journalCommand(options: { readonly unit?: string; readonly lines: number }): string {
  const unit = options.unit === undefined ? '' : ` -u ${options.unit}`
  return `journalctl -b${unit} -n ${options.lines} --no-pager -o json --output-fields=${FIELDS}`
}

/** Makes journald write down what it has got until now: what a machine was seen to do, it may not have noted yet. */
export const SYNC_JOURNAL = 'journalctl --sync'

/** Reads the command's output; what is no line of a journal is left out. */
export function parseJournal(text: string): JournalEntry[] {
  return text.split('\n').flatMap((line) => {
    const fields = fieldsOf(line)
    if (fields === undefined) return []
    const {
      MESSAGE: message,
      _SOURCE_REALTIME_TIMESTAMP: sent,
      SYSLOG_IDENTIFIER: given,
      _COMM: program,
      _PID: pid,
    } = fields
    const { __REALTIME_TIMESTAMP: noted, __MONOTONIC_TIMESTAMP: notedSinceBoot } = fields
    // One that is no text is an array of bytes, one that is too long null (journalctl(1), json).
    if (typeof message !== 'string') return []
    const heldUs = sent === undefined ? 0 : Number(noted) - Number(sent)
    const sentMs = (Number(notedSinceBoot) - heldUs) / 1000
    if (Number.isNaN(sentMs)) return []
    return [{ sentMs, text: `${wordOf(given ?? program)}[${wordOf(pid)}]: ${message}` }]
  })
}

function wordOf(field: unknown): string {
  return typeof field === 'string' ? field : ''
}

function fieldsOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}
