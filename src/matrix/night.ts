import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { Verdict } from '../run/record.ts'

/** What a night leaves: OUT/nightly.json. Change only with a version and a note in the README. */
export const NIGHT_SCHEMA = 'lvslab.nightly/1'

const VERDICTS = ['pass', 'fail', 'inconclusive', 'skip'] as const satisfies readonly Verdict[]

const figure = z.strictObject({
  name: z.string(),
  /** Median over the repetitions. */
  value: z.number(),
  unit: z.string(),
  /** All repetitions, where there were several. */
  samples: z.array(z.number()).optional(),
  /** Whether each repetition lay in its window; absent where there is none, or where an inconclusive claim missed it. */
  within: z.boolean().optional(),
})

const claim = z.strictObject({
  id: z.string(),
  /** The worst of its repetitions. */
  verdict: z.enum(VERDICTS),
  reason: z.string().optional(),
  /** Set where the machine or the harness failed, not the cluster: that says nothing about versions. */
  errorKind: z.enum(['usage', 'infrastructure', 'prerequisite', 'nothingMatched']).optional(),
  figures: z.array(figure),
})

const cell = z.strictObject({
  id: z.string(),
  /** What the night was asked for: "bookworm". By it a cell is known again when bookworm has a newer kernel. */
  asked: z.strictObject({ kernel: z.string(), keepalived: z.string() }).optional(),
  /** What `lvslab run` is given: "linux-image-6.1.0-56-cloud-amd64". */
  kernel: z.string(),
  keepalived: z.string(),
  /** How it is shown: "6.12.107+deb13", "2.3.3-1". */
  kernelName: z.string(),
  keepalivedName: z.string(),
  /** `planned` until it has run; `broken`: it came to no record, `reason` says why. */
  state: z.enum(['planned', 'done', 'broken']),
  reason: z.string().optional(),
  /** Where its record and reports are, from the night's folder; absent: cells/<id>. */
  folder: z.string().optional(),
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
  /** Absent: no earlier night has decided it. */
  from: z.enum(VERDICTS).optional(),
  to: z.enum(VERDICTS),
  /** When the night began that says so. */
  since: z.string().optional(),
  /** What else changed since then: "kernel 6.1.0-53 → 6.1.0-56". */
  versions: z.string().optional(),
  /** Why that was to be expected, where the list of known failures has it. */
  known: z.string().optional(),
  /** Until when it was known; from then on it counts again. */
  expired: z.string().optional(),
})

/** A kernel, or a userland by its keepalived, that the night's cells need. */
const image = z.strictObject({
  kind: z.enum(['kernel', 'keepalived']),
  wish: z.string(),
  name: z.string(),
  state: z.enum(['cached', 'built', 'failed']),
  durationMs: z.number(),
  /** Of what was built, or was to be: from the night's folder. */
  log: z.string().optional(),
})

const axisValue = z.strictObject({ asked: z.string(), wish: z.string(), name: z.string() })

const nightSchema = z.strictObject({
  schema: z.literal(NIGHT_SCHEMA),
  lvslab: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  selection: z.array(z.string()),
  grep: z.string().optional(),
  repeat: z.number(),
  acceleration: z.string().optional(),
  /** Both axes, in the order in which they were asked for. */
  kernels: z.array(axisValue).optional(),
  keepaliveds: z.array(axisValue).optional(),
  /** Set where this is one machine's part: its number from 1, and all cells of the night, in their order. */
  shard: z.strictObject({ index: z.number(), count: z.number(), plan: z.array(cell) }).optional(),
  /** The shards that this record was made of: folders from the night's. */
  parts: z.array(z.string()).optional(),
  cells: z.array(cell),
  images: z.array(image).optional(),
  /** The last night that this one is compared with; a change's `since` says where an older one had to do. */
  before: z.string().optional(),
  worse: z.array(change),
  better: z.array(change),
  /** The list of known failures that it is judged by. */
  knownFrom: z.string().optional(),
  /** Failures that are on the list of the known ones, and entries of it whose time is over. */
  known: z.array(z.strictObject({ cell: z.string(), claim: z.string(), reason: z.string() })),
  expired: z.array(z.string()),
  /** Entries of that list whose claims passed in all cells that they are about: to be struck off. */
  needless: z.array(z.string()).optional(),
})

export type NightRecord = z.infer<typeof nightSchema>
export type CellRecord = NightRecord['cells'][number]
export type CellClaim = CellRecord['claims'][number]
export type CellFigure = CellClaim['figures'][number]
export type Change = z.infer<typeof change>
export type NightImage = z.infer<typeof image>
/** A value of an axis: what was asked for, what `lvslab run` is given, how it is shown. */
export type AskedValue = z.infer<typeof axisValue>

/** The folder of a cell's record and reports, from the night's folder. */
export function folderOf(cell: Pick<CellRecord, 'id' | 'folder'>): string {
  return cell.folder ?? `cells/${cell.id}`
}

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
