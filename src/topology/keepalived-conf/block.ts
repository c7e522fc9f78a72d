import type { SourceText } from '../source-text.ts'
import { KeepalivedConfError } from './error.ts'
import type { ConfNote } from './model.ts'
import type { Word } from './scan.ts'
import type { Statement } from './statement.ts'

export interface NumberRange {
  readonly min: number
  readonly max: number
  /** Fractions are allowed, as keepalived does for times. */
  readonly decimal?: boolean
}

/** A block being read: its values by keyword, with checks as keepalived makes them. The last of a repeated keyword counts. */
export class Block {
  readonly source: SourceText
  readonly statement: Statement
  readonly notes: ConfNote[]

  constructor(source: SourceText, statement: Statement, notes: ConfNote[]) {
    this.source = source
    this.statement = statement
    this.notes = notes
  }

  all(...keywords: string[]): Statement[] {
    return (this.statement.block ?? []).filter(({ keyword }) => keywords.includes(keyword))
  }

  last(...keywords: string[]): Statement | undefined {
    return this.all(...keywords).at(-1)
  }

  blocks(...keywords: string[]): Block[] {
    return this.all(...keywords).map((statement) => new Block(this.source, statement, this.notes))
  }

  /** Whether a keyword that stands for itself is there: "nopreempt", or "alpha true". */
  flag(keyword: string): boolean {
    const statement = this.last(keyword)
    return statement !== undefined && !/^(false|off|no)$/i.test(statement.values[0]?.text ?? '')
  }

  text(...keywords: string[]): string | undefined {
    const statement = this.last(...keywords)
    return statement === undefined ? undefined : this.word(statement).text
  }

  oneOf<T extends string>(values: readonly T[], ...keywords: string[]): T | undefined {
    const statement = this.last(...keywords)
    if (statement === undefined) return undefined
    const word = this.word(statement)
    const found = values.find((value) => value === word.text)
    if (found === undefined) this.refuse(word, `${statement.keyword} is "${word.text}", none of ${values.join(', ')}`)
    return found
  }

  number(range: NumberRange, ...keywords: string[]): number | undefined {
    const statement = this.last(...keywords)
    return statement === undefined ? undefined : this.toNumber(this.word(statement), statement.keyword, range)
  }

  toNumber(word: Word, name: string, { min, max, decimal = false }: NumberRange): number {
    const pattern = decimal ? /^\d+(\.\d+)?$/ : /^\d+$/
    if (!pattern.test(word.text)) {
      this.refuse(word, `${name} is "${word.text}", which is not a ${decimal ? '' : 'whole '}number`)
    }
    const value = Number(word.text)
    if (value < min || value > max) this.refuse(word, `${name} is ${word.text}, outside ${min}..${max}`)
    return value
  }

  /** The first value of a statement, which must be there. */
  word(statement: Statement): Word {
    const [word] = statement.values
    if (word !== undefined) return word
    const message = `${statement.keyword} has no value`
    throw new KeepalivedConfError('LVSLAB_E_KEEPALIVED_CONF_MISSING', this.source, statement.at, message)
  }

  refuse(word: Word, message: string): never {
    throw new KeepalivedConfError('LVSLAB_E_KEEPALIVED_CONF_VALUE', this.source, word.at, message)
  }

  note({ at }: Pick<Statement, 'at'>, message: string): void {
    this.notes.push({ message, at })
  }

  /** Notes every keyword that keepalived has no meaning for here: it logs them and goes on without. */
  noteUnknown(known: ReadonlySet<string>, where: string): void {
    for (const statement of this.statement.block ?? []) {
      if (known.has(statement.keyword)) continue
      this.note(statement, `keepalived knows no "${statement.keyword}" in ${where} and ignores it`)
    }
  }
}
