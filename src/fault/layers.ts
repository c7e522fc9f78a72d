/**
 * What several faults do to one thing, one above the other: the newest decides, and when all are healed, in whatever
 * order, the thing is as it was before the first of them.
 */
interface Layer {
  readonly wish: string
}

interface Stack {
  readonly before: string
  readonly layers: Layer[]
}

const stacks = new WeakMap<object, Map<string, Stack>>()

export interface Lift {
  /** Takes the layer away. Answers what the thing must be from now on; undefined if that does not change. */
  (): string | undefined
}

/**
 * Notes what a fault makes of a thing.
 *
 * @param of - whose thing it is: a machine
 * @param thing - "unit nginx"
 * @param before - what it is now; what it was at first, if other faults struck it before, is known
 * @param wish - what the fault makes of it
 */
export function lay(of: object, thing: string, before: string, wish: string): Lift {
  const things = stacks.get(of) ?? new Map<string, Stack>()
  stacks.set(of, things)
  const stack = things.get(thing) ?? { before, layers: [] }
  things.set(thing, stack)
  const layer = { wish }
  stack.layers.push(layer)
  return () => {
    const index = stack.layers.indexOf(layer)
    if (index < 0) return undefined
    const wasTop = index === stack.layers.length - 1
    stack.layers.splice(index, 1)
    if (stack.layers.length === 0) things.delete(thing)
    return wasTop ? (stack.layers.at(-1)?.wish ?? stack.before) : undefined
  }
}

/** What the newest fault that is not healed yet makes of a thing; undefined if none has struck it. */
export function wishFor(of: object, thing: string): string | undefined {
  return stacks.get(of)?.get(thing)?.layers.at(-1)?.wish
}
