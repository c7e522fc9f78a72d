import type { TopologyErrorCode, TopologyProblem } from '../problem.ts'
import type { TopologyFile } from '../schema.ts'
import type { YamlPath, YamlSource } from '../yaml-source.ts'

/** What every check gets: the file, and where to put what is wrong with it. */
export class Report {
  readonly file: TopologyFile
  readonly source: YamlSource
  readonly problems: TopologyProblem[] = []

  constructor(file: TopologyFile, source: YamlSource) {
    this.file = file
    this.source = source
  }

  /** The value at `path` is wrong. */
  value(code: TopologyErrorCode, path: YamlPath, message: string, todo?: string): void {
    this.#add(code, this.source.at(path), message, todo)
  }

  /** The key at `path` is wrong: a name rather than what it names. */
  key(code: TopologyErrorCode, path: YamlPath, message: string, todo?: string): void {
    this.#add(code, this.source.keyAt(path), message, todo)
  }

  /** "line 14", for a message that names a second place. */
  line(path: YamlPath): string {
    return `line ${this.source.at(path).line}`
  }

  #add(code: TopologyErrorCode, at: TopologyProblem['at'], message: string, todo: string | undefined): void {
    this.problems.push({ code, message, at, ...(todo === undefined ? {} : { todo }) })
  }
}
