import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml'
import type { TopologyProblem } from './problem.ts'
import { type SourceLocation, SourceText } from './source-text.ts'

export type YamlPath = readonly (string | number)[]

/** A YAML file whose values know where they were written. */
export class YamlSource extends SourceText {
  readonly #document: Document.Parsed
  readonly #lineCounter = new LineCounter()

  constructor(file: string, text: string) {
    super(file, text)
    this.#document = parseDocument(text, { lineCounter: this.#lineCounter, prettyErrors: false })
  }

  /** What makes the file no YAML at all, or leaves its meaning open (the same key twice). */
  get problems(): TopologyProblem[] {
    return this.#document.errors.map((error) => ({
      code: error.code === 'DUPLICATE_KEY' ? 'LVSLAB_E_TOPOLOGY_DUPLICATE' : 'LVSLAB_E_TOPOLOGY_YAML',
      message:
        error.code === 'DUPLICATE_KEY' ? 'this key is here twice' : `not valid YAML: ${lowerFirst(error.message)}`,
      at: this.#at(error.pos[0], error.code === 'DUPLICATE_KEY' ? this.#wordEnd(error.pos[0]) : error.pos[1]),
    }))
  }

  value(): unknown {
    return this.#document.toJS() as unknown
  }

  /** Where the value at `path` was written; where it is absent, the nearest thing that encloses it. */
  at(path: YamlPath): SourceLocation {
    for (let length = path.length; length > 0; length--) {
      const node = this.#node(path.slice(0, length))
      if (node?.range != null) return this.#at(node.range[0], isCollection(node) ? node.range[0] : node.range[1])
      if (this.#pair(path.slice(0, length)) !== undefined) return this.keyAt(path.slice(0, length))
    }
    return { line: 1, column: 1 }
  }

  /** Where the key at the end of `path` was written; for an item of a list, the item. */
  keyAt(path: YamlPath): SourceLocation {
    const key = this.#pair(path)?.key
    return isScalar(key) && key.range != null ? this.#at(key.range[0], key.range[1]) : this.at(path)
  }

  #pair(path: YamlPath): Pair | undefined {
    const parent = this.#node(path.slice(0, -1))
    const name = path.at(-1)
    return isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))
      : undefined
  }

  #node(path: YamlPath): Node | undefined {
    let node: unknown = this.#document.contents
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#document)
      node = isCollection(node) ? node.get(step, true) : undefined
    }
    return isNode(node) ? node : undefined
  }

  #at(start: number, end: number): SourceLocation {
    const { line, col } = this.#lineCounter.linePos(start)
    return { line, column: col, length: Math.max(1, end - start) }
  }

  #wordEnd(start: number): number {
    return start + (/^[^\s:]+/.exec(this.text.slice(start))?.[0].length ?? 1)
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
