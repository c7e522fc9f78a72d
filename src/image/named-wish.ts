import { UsageError } from '../errors.ts'

/** What `--kernel` or `--keepalived` asks for: one for all, others for those that are named. */
export interface NamedWishes {
  /** Absent: the default. */
  readonly all?: string
  /** In the order of the command line. */
  readonly named: readonly { readonly name: string; readonly wish: string }[]
}

/** A comma before NAME= parts two wishes; any other is part of a wish, as in "a.deb,b.deb". */
const NEXT_NAME = /,(?=[A-Za-z0-9][\w.-]*=)/
const NAMED = /^([A-Za-z0-9][\w.-]*)=(.*)$/

/**
 * Reads "6.12", "master=2.2.7,backup=2.3.3", or "2.2.7,backup=2.3.3": what comes first without a name is for all others.
 * A path that has a "=" must have a "/" before it.
 *
 * @throws UsageError `LVSLAB_E_WISH` for a name without a wish, and for one that is named twice
 */
export function parseNamedWishes(text: string | undefined): NamedWishes {
  if (text === undefined) return { named: [] }
  const [first = '', ...rest] = text.split(NEXT_NAME)
  const isNamed = NAMED.test(first)
  const named = (isNamed ? [first, ...rest] : rest).map((part) => {
    const [, name = '', wish = ''] = NAMED.exec(part) ?? []
    if (wish === '') throw unreadable(text, `"${name}" is given nothing`)
    return { name, wish }
  })
  const twice = named.find(({ name }, index) => named.findIndex((one) => one.name === name) !== index)
  if (twice) throw unreadable(text, `"${twice.name}" is named twice`)
  return isNamed ? { named } : { all: first, named }
}

function unreadable(text: string, what: string): UsageError {
  return new UsageError('LVSLAB_E_WISH', `${what} in "${text}"`, {
    todo: 'write NAME=VERSION,NAME=VERSION, as in master=2.2.7,backup=2.3.3',
  })
}
