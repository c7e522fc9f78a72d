import { hasPort, isKind } from './frame-layout.ts'
import type { BlockId, BlockRule, CableId } from './types.ts'

/** The rules in force, and whether one of them stops a frame. */
export class BlockRules {
  readonly #rules = new Map<BlockId, BlockRule>()
  #lastId = 0

  add(rule: BlockRule): BlockId {
    const id = ++this.#lastId as BlockId
    this.#rules.set(id, rule)
    return id
  }

  remove(id: BlockId): void {
    this.#rules.delete(id)
  }

  /** Whether a frame is stopped where it enters. */
  stopsEntry(network: string, from: CableId, frame: Uint8Array): boolean {
    if (this.#rules.size === 0) return false
    return this.#some((rule) => rule.toCable === undefined && applies(rule, network, from, frame))
  }

  /** Whether a frame is stopped where it would leave. */
  stopsExit(network: string, from: CableId, to: CableId, frame: Uint8Array): boolean {
    if (this.#rules.size === 0) return false
    return this.#some((rule) => rule.toCable === to && applies(rule, network, from, frame))
  }

  #some(predicate: (rule: BlockRule) => boolean): boolean {
    for (const rule of this.#rules.values()) if (predicate(rule)) return true
    return false
  }
}

function applies(rule: BlockRule, network: string, from: CableId, frame: Uint8Array): boolean {
  return (
    (rule.network ?? network) === network &&
    (rule.fromCable ?? from) === from &&
    (rule.match === undefined || isKind(frame, rule.match)) &&
    (rule.port === undefined || hasPort(frame, rule.port))
  )
}
