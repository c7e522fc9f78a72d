import { z } from 'zod'
import { ENGINES } from '../../engine/engine.ts'
import { plainErrorSchema } from '../control/protocol.ts'
import { statusSchema } from '../control/status-schema.ts'

/** What `lvslab up` hands to the supervisor that it starts, as its only argument, in JSON. */
export const launchSchema = z.strictObject({
  name: z.string(),
  /** Absolute folder of the topology. */
  folder: z.string(),
  topology: z.string(),
  kernel: z.string().optional(),
  keepalived: z.string().optional(),
  engine: z.enum(ENGINES).optional(),
  cold: z.boolean(),
  /** Absolute. */
  evidence: z.string(),
})
export type Launch = z.infer<typeof launchSchema>

/** What the supervisor tells the `up` that waits for it, over node's own channel between parent and child. */
export const launchMessageSchema = z.union([
  z.strictObject({ progress: z.string() }),
  z.strictObject({ ready: statusSchema }),
  z.strictObject({ failed: plainErrorSchema }),
])
export type LaunchMessage = z.infer<typeof launchMessageSchema>
