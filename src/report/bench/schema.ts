import { z } from 'zod'
import { BENCH_SCHEMA, SECTIONS, type BenchRecord } from '../../run/bench/record.ts'
import { hostSchema } from '../run-schema.ts'

/* Loose everywhere, as the run record's: a later lvslab may add fields within lvslab.bench/1. */
const text = z.string()
const ms = z.number()
const section = z.enum(SECTIONS)

/** The shape of `lvslab.bench/1`; see `src/run/bench/record.ts`, which it must follow (a mismatch does not compile). */
export const benchSchema = z.looseObject({
  schema: z.literal(BENCH_SCHEMA),
  ...{ id: text, lvslab: text, startedAt: text, durationMs: ms, command: z.array(text) },
  host: hostSchema,
  engine: z.enum(['vm', 'vagrant']),
  ...{ kernel: text, keepalived: text, userland: text },
  ...{ quick: z.boolean(), impairments: z.array(text), loadAverage: z.number() },
  noise: z.array(
    z.looseObject({ name: text, sameBoot: z.number().exactOptional(), twoBoots: z.number().exactOptional() }),
  ),
  sections: z.array(
    z.looseObject({
      ...{ id: section, title: text, how: z.array(text) },
      ...{ rounds: z.number(), durationMs: ms, notes: z.array(text) },
    }),
  ),
  figures: z.array(
    z.looseObject({
      ...{ section, variant: text, name: text, unit: text },
      better: z.enum(['more', 'less', 'neither']),
      at: z.number().exactOptional(),
      samples: z.array(z.number()).min(1),
      median: z.number(),
      interval: z.looseObject({ from: z.number(), to: z.number() }).exactOptional(),
    }),
  ),
  interrupted: z.boolean(),
}) satisfies z.ZodType<BenchRecord>
