import type { SourceLocation, SourceText } from '../source-text.ts'
import { KeepalivedConfError } from './error.ts'
import { scan, type Token, type Word } from './scan.ts'

/** A keyword with its values and, where it has one, its block. */
export interface Statement {
  readonly keyword: string
  readonly at: SourceLocation
  readonly values: readonly Word[]
  readonly block?: readonly Statement[]
}

/**
 * The nested statements of a file.
 *
 * @throws KeepalivedConfError for braces that do not match, and for what changes the text before it is read (included
 * files, definitions, sequences, conditions): without them every value could be wrong.
 */
export function parseStatements(source: SourceText): Statement[] {
  const cursor = { tokens: scan(source), position: 0 }
  const statements = parseBlock(source, cursor)
  const rest = cursor.tokens[cursor.position]
  if (rest !== undefined && rest.type === 'close') {
    throw new KeepalivedConfError('LVSLAB_E_KEEPALIVED_CONF_SYNTAX', source, rest.at, 'this brace closes no block')
  }
  return statements
}

interface Cursor {
  readonly tokens: readonly Token[]
  position: number
}

function parseBlock(source: SourceText, cursor: Cursor): Statement[] {
  const statements: Statement[] = []
  for (let token = cursor.tokens[cursor.position]; token !== undefined; token = cursor.tokens[cursor.position]) {
    if (token.type === 'close') break
    if (token.type === 'open') {
      const message = 'this brace opens a block that no keyword names'
      throw new KeepalivedConfError('LVSLAB_E_KEEPALIVED_CONF_SYNTAX', source, token.at, message)
    }
    if (token.type === 'word') statements.push(parseStatement(source, cursor))
    else cursor.position++
  }
  return statements
}

function parseStatement(source: SourceText, cursor: Cursor): Statement {
  const words: Word[] = []
  for (let token = cursor.tokens[cursor.position]; token?.type === 'word'; token = cursor.tokens[++cursor.position]) {
    words.push(token.word)
  }
  const [first, ...values] = words
  if (first === undefined) throw new TypeError('a statement begins with a word')
  refuseUnsupported(source, first)
  const statement = { keyword: first.text, at: first.at, values }
  const opening = nextAfterNewlines(cursor)
  if (cursor.tokens[opening]?.type !== 'open') return statement
  cursor.position = opening + 1
  const block = parseBlock(source, cursor)
  if (cursor.tokens[cursor.position]?.type !== 'close') {
    const message = `the block of "${first.text}" is not closed`
    throw new KeepalivedConfError('LVSLAB_E_KEEPALIVED_CONF_SYNTAX', source, first.at, message)
  }
  cursor.position++
  return { ...statement, block }
}

/** keepalived takes a block's brace on the keyword's line or on the next that is not empty. */
function nextAfterNewlines({ tokens, position }: Cursor): number {
  let next = position
  while (tokens[next]?.type === 'newline') next++
  return next
}

const unsupported: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /^include[a-z]*$/, what: 'included files' },
  { pattern: /^@/, what: 'conditional lines (@)' },
  { pattern: /^\$\w+=/, what: 'definitions ($NAME=value)' },
  { pattern: /^~(SEQ|LST)/, what: 'sequences (~SEQ, ~LST)' },
]

function refuseUnsupported(source: SourceText, { text, quoted, at }: Word): void {
  const found = quoted ? undefined : unsupported.find(({ pattern }) => pattern.test(text))
  if (found === undefined) return
  throw new KeepalivedConfError(
    'LVSLAB_E_KEEPALIVED_CONF_UNSUPPORTED',
    source,
    at,
    `${found.what} are not supported here: expectations could not be computed from what they leave`,
    'write out for lvslab what they stand for, in one file',
  )
}
