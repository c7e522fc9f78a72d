import type { z } from 'zod'
import { didYouMean } from './nearest.ts'
import type { TopologyProblem } from './problem.ts'
import { topologySchema, type TopologyFile } from './schema.ts'
import type { YamlPath, YamlSource } from './yaml-source.ts'

type Issue = z.core.$ZodIssue

/** The shape of the file: keys, types, single values. */
export function checkStructure(source: YamlSource): TopologyFile | TopologyProblem[] {
  const value = source.value()
  const result = topologySchema.safeParse(value)
  if (result.success) return result.data
  return result.error.issues.flatMap((issue) => toProblems(issue, [], source, value))
}

function toProblems(issue: Issue, above: YamlPath, source: YamlSource, root: unknown): TopologyProblem[] {
  const path = [...above, ...issue.path] as (string | number)[]
  const value = valueAt(root, path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, source))
    case 'invalid_union':
      return ofUnion(issue, path, source, root, value)
    case 'invalid_type':
      if (value === undefined) return [missing(path, source)]
      return [
        {
          code: 'LVSLAB_E_TOPOLOGY_TYPE',
          message: `${pathName(path)} ${ownMessage(issue) ?? `must be ${article(issue.expected)}, not ${describe(value)}`}`,
          at: source.at(path),
        },
      ]
    case 'invalid_value': {
      if (value === undefined) return [missing(path, source)]
      const values = issue.values.map(String)
      return [
        {
          code: 'LVSLAB_E_TOPOLOGY_VALUE',
          message: `${pathName(path)} is ${describe(value)}, which is none of ${values.join(', ')}`,
          at: source.at(path),
          ...optional('todo', typeof value === 'string' ? didYouMean(value, values) : undefined),
        },
      ]
    }
    case 'too_small':
    case 'too_big':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return [
        {
          code: 'LVSLAB_E_TOPOLOGY_VALUE',
          message: `${pathName(path)} is ${describe(value)}: ${issue.message}`,
          at: source.at(path),
        },
      ]
  }
}

/** Of the branches of a union, the one that the writer seems to have meant: an object means the object's branch. */
function ofUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: YamlPath,
  source: YamlSource,
  root: unknown,
  value: unknown,
): TopologyProblem[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const branch = issue.errors.find((issues) => issues.every((inner) => inner.path.length > 0 || 'keys' in inner))
    if (branch !== undefined) return branch.flatMap((inner) => toProblems(inner, path, source, root))
  }
  const expected = issue.errors.flat().flatMap((inner) => ('expected' in inner ? [article(inner.expected)] : []))
  return [
    {
      code: 'LVSLAB_E_TOPOLOGY_TYPE',
      message: `${pathName(path)} must be ${expected.join(' or ')}, not ${describe(value)}`,
      at: source.at(path),
    },
  ]
}

function missing(path: YamlPath, source: YamlSource): TopologyProblem {
  const parent = path.slice(0, -1)
  const owner = parent.length === 0 ? 'the topology' : pathName(parent)
  return {
    code: 'LVSLAB_E_TOPOLOGY_MISSING',
    message: `${owner} has no "${String(path.at(-1))}"`,
    at: parent.length === 0 ? { line: 1, column: 1 } : source.keyAt(parent),
  }
}

function unknownKey(key: string, parent: YamlPath, source: YamlSource): TopologyProblem {
  const known = knownKeys(parent)
  return {
    code: 'LVSLAB_E_TOPOLOGY_KEY',
    message: `${parent.length === 0 ? 'the topology' : pathName(parent)} knows no key "${key}"`,
    at: source.keyAt([...parent, key]),
    todo: didYouMean(key, known) ?? `the keys are ${known.join(', ')}`,
  }
}

/** The keys that the schema has at a place, found by walking it. */
function knownKeys(path: YamlPath): string[] {
  let schema: unknown = topologySchema
  for (const step of path) {
    const { shape, element, valueType } = unwrap(schema)
    schema = shape?.[String(step)] ?? element ?? valueType
  }
  return Object.keys(unwrap(schema).shape ?? {})
}

interface Walkable {
  readonly shape?: Readonly<Record<string, unknown>>
  readonly element?: unknown
  readonly valueType?: unknown
  readonly options?: readonly Walkable[]
  readonly unwrap?: () => unknown
  readonly def?: { readonly type: string }
}

function unwrap(schema: unknown): Walkable {
  let current = (schema ?? {}) as Walkable
  while (current.def?.type === 'default' || current.def?.type === 'optional') {
    current = current.unwrap?.() ?? {}
  }
  return current.options?.find((option) => option.shape !== undefined) ?? current
}

function valueAt(root: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | null | undefined)?.[step], root)
}

/** "nodes.node-1.interfaces.eth1", "vips[0].address". */
export function pathName(path: YamlPath): string {
  if (path.length === 0) return 'the file'
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`)).join('')
}

/** A message that the schema gave itself, and not zod's own wording. */
function ownMessage(issue: Issue): string | undefined {
  return issue.message.startsWith('Invalid') ? undefined : issue.message
}

function article(type: string): string {
  const names: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  }
  return names[type] ?? type
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return JSON.stringify(value)
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>)
}
