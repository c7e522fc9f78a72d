import { UsageError } from '../errors.ts'
import type { SourceLocation, SourceText } from './source-text.ts'

/** The kinds of mistake that a topology can hold. Each is an error's code when it is the only one. */
export type TopologyErrorCode =
  | 'LVSLAB_E_TOPOLOGY_YAML'
  | 'LVSLAB_E_TOPOLOGY_KEY'
  | 'LVSLAB_E_TOPOLOGY_MISSING'
  | 'LVSLAB_E_TOPOLOGY_TYPE'
  | 'LVSLAB_E_TOPOLOGY_VALUE'
  | 'LVSLAB_E_TOPOLOGY_DUPLICATE'
  | 'LVSLAB_E_TOPOLOGY_REFERENCE'
  | 'LVSLAB_E_TOPOLOGY_ADDRESS'
  | 'LVSLAB_E_TOPOLOGY_CONFIG_FILE'

/** One mistake, where it is, and what to do about it. */
export interface TopologyProblem {
  readonly code: TopologyErrorCode
  readonly message: string
  readonly at: SourceLocation
  readonly todo?: string
}

/**
 * A topology that cannot be used. Holds every mistake that was found, in the order of the file, so that a person can
 * repair all of them at once.
 */
export class TopologyError extends UsageError {
  readonly problems: readonly TopologyProblem[]

  constructor(source: SourceText, problems: readonly TopologyProblem[]) {
    const sorted = problems.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
    const [first] = sorted
    if (first === undefined) throw new TypeError('a TopologyError needs at least one problem')
    if (sorted.length === 1) {
      super(first.code, `${source.label(first.at)}: ${first.message}`, {
        tried: `read the topology ${source.file}`,
        seen: source.excerpt(first.at),
        todo: first.todo ?? 'mend that line, then run again',
      })
    } else {
      super('LVSLAB_E_TOPOLOGY_INVALID', `${source.file}: ${sorted.length} mistakes`, {
        tried: `read the topology ${source.file}`,
        seen: sorted.map((problem) => describeProblem(source, problem)).join('\n\n'),
        todo: 'repair all of them, then run again',
      })
    }
    this.problems = sorted
  }
}

function describeProblem(source: SourceText, { code, message, at, todo }: TopologyProblem): string {
  const lines = [`${source.label(at)}: ${message} (${code})`, source.excerpt(at)]
  if (todo !== undefined) lines.push(`do: ${todo}`)
  return lines.join('\n')
}
