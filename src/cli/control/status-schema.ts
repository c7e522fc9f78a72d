import { z } from 'zod'

const text = z.string()
const count = z.number()

export const NODE_STATES = ['running', 'off', 'frozen', 'no answer'] as const

const node = z.strictObject({
  name: text,
  roles: z.array(text),
  state: z.enum(NODE_STATES),
  /** How its machine ended by itself, or why it does not answer. */
  reason: text.optional(),
  /** IPv4 addresses with prefix by interface, as the node itself says. */
  addresses: z.record(text, z.array(text)),
  services: z.array(z.strictObject({ unit: text, active: z.boolean() })),
})

const realServer = z.strictObject({
  address: text,
  port: count,
  node: text.optional(),
  forwarding: text,
  weight: count,
  activeConnections: count,
  inactiveConnections: count,
  connections: count.optional(),
})

const virtualService = z.strictObject({
  protocol: text,
  address: text,
  port: count,
  scheduler: text,
  flags: text,
  realServers: z.array(realServer),
})

/** What `lvslab status --json` prints. */
export const statusSchema = z.strictObject({
  schema: z.literal('lvslab.status/1'),
  name: text,
  topology: text,
  title: text,
  /** Of the topology, absolute. */
  folder: text,
  pid: count,
  startedAt: text,
  upMs: count,
  boot: z.strictObject({ mode: z.enum(['snapshot', 'template', 'cold']), ms: count }),
  host: z.strictObject({ acceleration: text, reason: text.optional(), kernel: text, keepalived: text }),
  nodes: z.array(node),
  vips: z.array(
    z.strictObject({
      address: text,
      /** Nodes that hold it, by what they say themselves. */
      owners: z.array(text),
      /** Who advertised it last, by what was seen on the wire. */
      ownerByWire: text.optional(),
      lastAdvertAgoMs: count.optional(),
    }),
  ),
  /** The kernel's virtual server table of each director. */
  tables: z.array(z.strictObject({ node: text, services: z.array(virtualService) })),
  faults: z.array(z.strictObject({ id: text, kind: text, target: text, at: text, agoMs: count })),
  unplugged: z.array(text),
  /** Folder of captures and consoles. */
  evidence: text,
  captures: z.array(z.strictObject({ network: text, path: text })),
})

export type Status = z.infer<typeof statusSchema>
export type NodeStatus = Status['nodes'][number]
