import { describeError, InfrastructureError, LvslabError, messageOf } from '../../errors.ts'
import type { PlainError } from './protocol.ts'

/** An error as it crosses the socket: its cause becomes text. */
export function toPlainError(error: unknown): PlainError {
  const known =
    error instanceof LvslabError
      ? error
      : new InfrastructureError('LVSLAB_E_SUPERVISOR', `the supervisor stumbled: ${messageOf(error)}`, {
          seen: describeError(error),
        })
  const { code, kind, message, tried, seen, todo } = known
  const cause = known.cause === undefined ? undefined : `cause: ${messageOf(known.cause)}`
  const seenAll = [seen, cause].filter((part) => part !== undefined).join('\n')
  return {
    code,
    kind,
    message,
    ...(tried === undefined ? {} : { tried }),
    ...(seenAll === '' ? {} : { seen: seenAll }),
    ...(todo === undefined ? {} : { todo }),
  }
}

/** The error that was on the other side. */
export function fromPlainError({ code, kind, message, ...detail }: PlainError): LvslabError {
  const given = Object.entries(detail).filter(([, value]) => value !== undefined)
  return new LvslabError(kind, code, message, Object.fromEntries(given))
}
