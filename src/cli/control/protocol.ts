import { z } from 'zod'
import { statusSchema } from './status-schema.ts'

/**
 * What a command and the supervisor of a cluster say to each other: JSON, one message per line, over a unix socket that
 * only its user can reach. The command sends {@link Request}s; the supervisor answers each with an {@link Answer}, and may
 * send {@link Notice}s before. Requests run side by side; a command that hangs up takes its terminals with it.
 */
export const PROTOCOL = 'lvslab.control/1'

const nodeName = z.string().min(1).max(100)
const ms = z
  .number()
  .int()
  .positive()
  .max(24 * 3_600_000)

/** Each method with what it takes and what it gives. */
export const methods = {
  /** Everything that can be seen of the cluster now. */
  status: { params: z.strictObject({}), result: statusSchema },
  /** Runs a command on a node; `timeoutMs` ends it, as timeout(1) would. */
  exec: {
    params: z.strictObject({
      node: nodeName,
      command: z.array(z.string()).min(1),
      timeoutMs: ms,
      /** Base64. */
      stdin: z.string().optional(),
    }),
    result: z.strictObject({
      node: nodeName,
      exitCode: z.number().int(),
      stdout: z.string(),
      stderr: z.string(),
      timedOut: z.boolean(),
    }),
  },
  /** Opens a terminal; whoever connects to the socket has it. */
  terminal: {
    params: z.strictObject({
      node: nodeName,
      rows: z.number().int().positive(),
      columns: z.number().int().positive(),
      term: z.string(),
    }),
    result: z.strictObject({ terminal: z.string(), node: nodeName, socketPath: z.string() }),
  },
  resize: {
    params: z.strictObject({
      terminal: z.string(),
      rows: z.number().int().positive(),
      columns: z.number().int().positive(),
    }),
    result: z.strictObject({}),
  },
  /** Hangs up, if that is still needed; answers how the shell ended. */
  close: {
    params: z.strictObject({ terminal: z.string() }),
    result: z.strictObject({ exitCode: z.number().int().optional() }),
  },
  /** What can be broken; of each kind of fault that cannot be injected in this cluster, why. */
  kinds: {
    params: z.strictObject({}),
    result: z.strictObject({
      kinds: z.array(z.strictObject({ name: z.string(), impossible: z.string().optional() })),
    }),
  },
  fault: {
    params: z.strictObject({ kind: z.string(), target: z.string() }),
    result: z.strictObject({
      id: z.string(),
      kind: z.string(),
      target: z.string(),
      /** Wall-clock time, ISO 8601. */
      at: z.string(),
      uncertaintyMs: z.number(),
      /** What a person should look at now. */
      watch: z.array(z.string()),
    }),
  },
  /** Heals one fault; without an id all, the newest first. */
  heal: {
    params: z.strictObject({ id: z.string().optional() }),
    result: z.strictObject({
      healed: z.array(
        z.strictObject({
          id: z.string(),
          kind: z.string(),
          target: z.string(),
          afterMs: z.number(),
          /** What healing could not undo. */
          remains: z.string().optional(),
        }),
      ),
    }),
  },
  /** Takes everything down. The supervisor ends a moment after it has answered. */
  down: { params: z.strictObject({}), result: z.strictObject({}) },
} as const

export type Method = keyof typeof methods
export type Params<M extends Method> = z.infer<(typeof methods)[M]['params']>
export type Result<M extends Method> = z.infer<(typeof methods)[M]['result']>

export const requestSchema = z.strictObject({
  id: z.number().int(),
  method: z.string(),
  params: z.unknown(),
})
export type Request = z.infer<typeof requestSchema>

export const plainErrorSchema = z.object({
  code: z.templateLiteral(['LVSLAB_E_', z.string()]),
  kind: z.enum(['usage', 'infrastructure', 'prerequisite', 'nothingMatched', 'assertion']),
  message: z.string(),
  tried: z.string().optional(),
  seen: z.string().optional(),
  todo: z.string().optional(),
})
export type PlainError = z.infer<typeof plainErrorSchema>

export const messageSchema = z.union([
  z.strictObject({ id: z.number().int(), result: z.unknown() }),
  z.strictObject({ id: z.number().int(), error: plainErrorSchema }),
  z.strictObject({ id: z.number().int(), notice: z.string() }),
])
export type Message = z.infer<typeof messageSchema>
