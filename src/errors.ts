/**
 * The exit codes of the command line, part of the interface that others rely on.
 */
export const ExitCode = {
  pass: 0,
  claimFailed: 1,
  usage: 2,
  infrastructure: 3,
  prerequisite: 4,
  nothingMatched: 5,
  inconclusive: 6,
  interrupted: 130,
} as const

export type ErrorKind = 'usage' | 'infrastructure' | 'prerequisite' | 'nothingMatched' | 'assertion'

/** What a reader needs to act on an error. */
export interface ErrorDetail {
  /** What was attempted, as a phrase: "boot node-1". */
  readonly tried?: string
  /** What was observed: output, console lines, values. May have several lines. */
  readonly seen?: string
  /** What the reader can do about it. */
  readonly todo?: string
  /** Why a failed assertion decides nothing: the machines were late by more than what it waited. */
  readonly undecided?: string
  readonly cause?: unknown
}

/**
 * The root of every error that lvslab raises on purpose. `code` is stable and starts with `LVSLAB_E_`;
 * `kind` decides the exit code.
 */
export class LvslabError extends Error {
  override readonly name: string = 'LvslabError'
  readonly code: `LVSLAB_E_${string}`
  readonly kind: ErrorKind
  readonly tried: string | undefined
  readonly seen: string | undefined
  readonly todo: string | undefined
  readonly undecided: string | undefined

  constructor(kind: ErrorKind, code: `LVSLAB_E_${string}`, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.kind = kind
    this.code = code
    this.tried = detail.tried
    this.seen = detail.seen
    this.todo = detail.todo
    this.undecided = detail.undecided
  }

  get exitCode(): number {
    return exitCodeOf(this.kind)
  }

  /** The code and the message with its detail, for a terminal. */
  describe(): string {
    return `${this.code}: ${this.explain()}`
  }

  /** The message with its detail, for where the code has a place of its own. */
  explain(): string {
    const parts = [this.message]
    if (this.tried !== undefined) parts.push(indent('tried', this.tried))
    if (this.seen !== undefined && this.seen !== '') parts.push(indent('saw', this.seen))
    if (this.todo !== undefined) parts.push(indent('do', this.todo))
    return parts.join('\n')
  }
}

/** The user asked for something that cannot be: bad flag, bad topology, unknown name. */
export class UsageError extends LvslabError {
  override readonly name = 'UsageError'
  constructor(code: `LVSLAB_E_${string}`, message: string, detail?: ErrorDetail) {
    super('usage', code, message, detail)
  }
}

/** A machine, the host or the harness itself broke: says nothing about the cluster's claims. */
export class InfrastructureError extends LvslabError {
  override readonly name = 'InfrastructureError'
  constructor(code: `LVSLAB_E_${string}`, message: string, detail?: ErrorDetail) {
    super('infrastructure', code, message, detail)
  }
}

/** Something that must be installed or allowed on this host is missing. */
export class PrerequisiteError extends LvslabError {
  override readonly name = 'PrerequisiteError'
  constructor(code: `LVSLAB_E_${string}`, message: string, detail?: ErrorDetail) {
    super('prerequisite', code, message, detail)
  }
}

function exitCodeOf(kind: ErrorKind): number {
  switch (kind) {
    case 'usage':
      return ExitCode.usage
    case 'infrastructure':
      return ExitCode.infrastructure
    case 'prerequisite':
      return ExitCode.prerequisite
    case 'nothingMatched':
      return ExitCode.nothingMatched
    case 'assertion':
      return ExitCode.claimFailed
  }
}

function indent(label: string, text: string): string {
  const lines = text.trimEnd().split('\n')
  const head = `  ${label}:`.padEnd(10)
  return lines.map((line, index) => (index === 0 ? head : ' '.repeat(10)) + line).join('\n')
}

/** Any thrown value as a line for a terminal; {@link LvslabError}s with their detail. */
export function describeError(error: unknown): string {
  if (error instanceof LvslabError) {
    const cause = error.cause === undefined ? '' : `\n  cause:  ${messageOf(error.cause)}`
    return error.describe() + cause
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
