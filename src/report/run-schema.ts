import { z } from 'zod'
import { RUN_SCHEMA, type RunRecord } from '../run/record.ts'

/* Loose everywhere: a later lvslab may add fields within lvslab.run/1, and they survive being read and written. */
const text = z.string()
const ms = z.number()
const verdict = z.enum(['pass', 'fail', 'inconclusive', 'skip'])

const figure = z.looseObject({
  name: text,
  value: z.number(),
  unit: text,
  window: z
    .looseObject({
      min: z.number().exactOptional(),
      max: z.number().exactOptional(),
      formula: text,
      source: text,
    })
    .exactOptional(),
  within: z.boolean().exactOptional(),
  note: text.exactOptional(),
})

const sweep = z.looseObject({
  name: text,
  window: z.looseObject({ min: ms, max: ms, formula: text, source: text }),
  points: z.array(z.looseObject({ phase: z.number(), value: ms, within: z.boolean() })),
  ...{ share: z.number(), largestGapMs: ms, lowSlackMs: ms, highSlackMs: ms },
})

const timeline = z.looseObject({
  title: text,
  events: z.array(
    z.looseObject({
      ...{ atMs: ms, kind: text, label: text, node: text.exactOptional() },
      ...{ network: text.exactOptional(), port: text.exactOptional(), filter: text.exactOptional() },
    }),
  ),
  requests: z
    .array(z.looseObject({ atMs: ms, durationMs: ms, outcome: z.enum(['ok', 'error']), server: text.exactOptional() }))
    .exactOptional(),
  blackout: z
    .looseObject({
      ...{ lost: z.number(), servedBetween: z.number().exactOptional() },
      ...{ fromMs: ms.exactOptional(), toMs: ms.exactOptional(), durationMs: ms.exactOptional() },
      ...{ atLeastMs: ms, atMostMs: ms.exactOptional(), resolutionMs: ms },
      client: z.looseObject({ lost: z.number(), fromMs: ms.exactOptional(), toMs: ms.exactOptional() }).exactOptional(),
    })
    .exactOptional(),
  epochMs: ms.exactOptional(),
})

const claim = z.looseObject({
  id: text.min(1),
  topology: text,
  title: text,
  negative: z.boolean(),
  verdict,
  reason: text.exactOptional(),
  code: text.exactOptional(),
  errorKind: z.enum(['usage', 'infrastructure', 'prerequisite', 'nothingMatched', 'assertion']).exactOptional(),
  figures: z.array(figure),
  assertions: z.array(
    z.looseObject({
      ...{ text, ok: z.boolean(), detail: text.exactOptional() },
      ...{ excused: text.exactOptional(), undecided: text.exactOptional() },
      test: z
        .looseObject({
          ...{ name: text, errorRate: z.number() },
          ...{ statistic: z.number().exactOptional(), p: z.number().exactOptional() },
        })
        .exactOptional(),
    }),
  ),
  timelines: z.array(timeline),
  sweeps: z.array(sweep).exactOptional(),
  findings: z.array(z.looseObject({ text, evidence: text.exactOptional() })),
  evidence: z.array(
    z.looseObject({
      ...{ kind: text, label: text, path: text },
      ...{ bytes: z.number().exactOptional(), note: text.exactOptional() },
    }),
  ),
  folder: text.exactOptional(),
  durationMs: ms,
  bootMs: ms.exactOptional(),
  protocolWaitMs: ms.exactOptional(),
  lateness: z.looseObject({ fabricMaxMs: ms, fabricP99Ms: ms }).exactOptional(),
  wire: z.looseObject({ source: z.literal('tcpdump'), machines: z.array(text), precisionMs: ms }).exactOptional(),
  attempt: z.number(),
  versions: z.record(text, z.looseObject({ kernel: text, keepalived: text.exactOptional() })).exactOptional(),
  source: z.looseObject({ file: text, line: z.number() }).exactOptional(),
  regression: z
    .looseObject({
      program: z.enum(['keepalived', 'kernel']),
      threads: z.array(text),
      since: text.exactOptional(),
      fixed: text.exactOptional(),
      last: text.exactOptional(),
      affected: z.boolean(),
    })
    .exactOptional(),
})

const topology = z.looseObject({
  name: text,
  title: text,
  document: text.exactOptional(),
  notes: z.array(text),
  networks: z.array(z.looseObject({ name: text, cidr: text, kind: z.enum(['switch', 'hub']) })),
  nodes: z.array(
    z.looseObject({
      name: text,
      roles: z.array(text),
      interfaces: z.array(z.looseObject({ name: text, network: text, address: text })),
    }),
  ),
  vips: z.array(z.looseObject({ address: text, interface: text })),
})

const calibration = z.looseObject({
  verdict: z.enum(['pass', 'fail', 'inconclusive']),
  reason: text.exactOptional(),
  figures: z.array(figure),
  repeated: z.number(),
  durationMs: ms,
})

/** `host` of a run and of a performance suite. */
export const hostSchema = z.looseObject({
  cores: z.number(),
  memoryMiB: z.number(),
  cpu: text,
  kernel: text,
  distribution: text,
  acceleration: z.enum(['kvm', 'tcg']),
  accelerationReason: text.exactOptional(),
  qemu: text,
  node: text,
})

/** The shape of `lvslab.run/1`; see `src/run/record.ts`, which it must follow (a mismatch does not compile). */
export const runSchema = z.looseObject({
  schema: z.literal(RUN_SCHEMA),
  id: text,
  lvslab: text,
  startedAt: text,
  durationMs: ms,
  command: z.array(text),
  host: hostSchema,
  engine: z.enum(['vm', 'vagrant']),
  kernel: text,
  keepalived: text,
  userland: text,
  phases: z.record(text, ms),
  topologies: z.array(topology),
  calibration: calibration.exactOptional(),
  claims: z.array(claim),
  verdict,
  interrupted: z.boolean(),
  shard: z
    .looseObject({
      index: z.number(),
      count: z.number(),
      claims: z.array(z.looseObject({ id: text, topology: text, title: text, negative: z.boolean() })),
    })
    .exactOptional(),
  parts: z
    .array(z.looseObject({ id: text, startedAt: text, durationMs: ms, command: z.array(text), host: hostSchema }))
    .exactOptional(),
}) satisfies z.ZodType<RunRecord>
