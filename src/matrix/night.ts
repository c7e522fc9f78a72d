import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { Verdict } from '../run/record.ts'

/** What a night leaves: OUT/nightly.json. Change only with a version and a note in the README. */
export const NIGHT_SCHEMA = 'lvslab.nightly/1'

const VERDICTS = ['pass', 'fail', 'inconclusive', 'skip'] as const satisfies readonly Verdict[]

const figure = z.strictObject({ name: z.string(), value: z.number(), unit: z.string(), within: z.boolean().optional() })

const claim = z.strictObject({
  id: z.string(),
  /** The worst of its repetitions. */
  verdict: z.enum(VERDICTS),
  reason: z.string().optional(),
  /** Medians over the repetitions. */
  figures: z.array(figure),
})

const cell = z.strictObject({
  id: z.string(),
  /** What was asked for, and what `lvslab run` is given. */
  kernel: z.string(),
  keepalived: z.string(),
  /** How it is shown: "6.12.107+deb13", "2.3.3-1". */
  kernelName: z.string(),
  keepalivedName: z.string(),
  /** `planned` until it has run; `broken`: it came to no record, `reason` says why. */
  state: z.enum(['planned', 'done', 'broken']),
  reason: z.string().optional(),
  exitCode: z.number().optional(),
  durationMs: z.number().optional(),
  /** As the machines said: "6.12.107+deb13-cloud-amd64", "1:2.3.3-1". */
  release: z.string().optional(),
  version: z.string().optional(),
  claims: z.array(claim),
})

const change = z.strictObject({
  cell: z.string(),
  claim: z.string(),
  from: z.enum(VERDICTS),
  to: z.enum(VERDICTS),
  /** Why that was to be expected, where the list of known failures has it. */
  known: z.string().optional(),
})

const nightSchema = z.strictObject({
  schema: z.literal(NIGHT_SCHEMA),
  lvslab: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  selection: z.array(z.string()),
  repeat: z.number(),
  acceleration: z.string().optional(),
  cells: z.array(cell),
  /** The night that this one is compared with. */
  before: z.string().optional(),
  worse: z.array(change),
  better: z.array(change),
  /** Failures that are on the list of the known ones, and entries of it whose time is over. */
  known: z.array(z.strictObject({ cell: z.string(), claim: z.string(), reason: z.string() })),
  expired: z.array(z.string()),
})

export type NightRecord = z.infer<typeof nightSchema>
export type CellRecord = NightRecord['cells'][number]
export type CellClaim = CellRecord['claims'][number]
export type Change = z.infer<typeof change>

/** @throws UsageError `LVSLAB_E_NIGHT_INVALID` */
export async function readNight(folder: string): Promise<NightRecord> {
  const path = join(folder, 'nightly.json')
  try {
    return nightSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    const seen = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new UsageError('LVSLAB_E_NIGHT_INVALID', `${path} is not a ${NIGHT_SCHEMA} record`, { seen, cause })
  }
}
