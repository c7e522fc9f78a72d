import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineName } from '../engine/engine.ts'
import { UsageError } from '../errors.ts'
import { Lab, type BootOptions, type LabOptions } from '../cluster/index.ts'
import { listTopologies, type Claim, type Topology } from '../topology/index.ts'
import { ClaimContext, type Keep, type Sabotage } from './claim-context.ts'
import { knownRegression } from './known-regression.ts'
import { keyOf, wishesOf } from './claim-versions.ts'
import type { ClaimRecord } from './record.ts'

/** What a process that runs claims is told, in the environment variable `LVSLAB_CLAIMS`. */
export interface SessionSettings {
  readonly outDir: string
  /** Which claims to run; all, when absent. */
  readonly ids?: readonly string[]
  /** Folder in `outDir` for the claims' evidence. Default: "claims". */
  readonly folder?: string
  readonly engine?: EngineName
  readonly kernel?: string
  readonly keepalived?: string
  readonly cold?: boolean
  readonly keep?: 'failed' | 'always'
  /** Name of a way to break the clusters; tests/support knows them. */
  readonly sabotage?: string
  /** How often a miss that lateness explains is tried before it is reported as inconclusive. Default: 3. */
  readonly attempts?: number
}

/** What such a process tells its parent. */
export type SessionMessage =
  | { readonly type: 'start'; readonly id: string; readonly attempt: number }
  /** `waitMs`: what it waits for comes within so long, or never. */
  | { readonly type: 'progress'; readonly id?: string; readonly line: string; readonly waitMs?: number }
  /** Its verdict is known; evidence is collected, and its clusters are taken down. */
  | { readonly type: 'judged'; readonly id: string }
  | { readonly type: 'end'; readonly record: ClaimRecord }
  /** A cluster stays up under this name; its process outlives the run. */
  | { readonly type: 'kept'; readonly id: string; readonly name: string }

const ATTEMPTS = 3

/** One for each choice of versions: most claims share one. */
const labs = new Map<string, Promise<Lab>>()
let settings: Promise<SessionSettings> | undefined

async function sessionSettings(): Promise<SessionSettings> {
  const text = process.env['LVSLAB_CLAIMS']
  if (text !== undefined && text !== '') return JSON.parse(text) as SessionSettings
  // A test file that is run by itself.
  return { outDir: await mkdtemp(join(tmpdir(), 'lvslab-claims-')) }
}

export function tellParent(message: SessionMessage): void {
  if (process.send) process.send({ lvslab: message })
  else if (message.type === 'progress') process.stderr.write(`# ${message.line}\n`)
}

export async function isSelected(id: string): Promise<boolean> {
  settings ??= sessionSettings()
  const { ids } = await settings
  return ids === undefined || ids.includes(id)
}

/** The claim with this id, and the topology that has it. */
export async function findClaim(id: string): Promise<{ claim: Claim; topology: Topology }> {
  for (const topology of await listTopologies()) {
    const claim = topology.claims.find((one) => one.id === id)
    if (claim) return { claim, topology }
  }
  throw new UsageError('LVSLAB_E_CLAIM_UNKNOWN', `no topology has the claim ${id}`, {
    todo: 'add it to the claims of a topology.yaml',
  })
}

/** What the layers above lend to a session. */
export interface SessionHooks {
  readonly sabotageOf?: (name: string) => Sabotage
  readonly hand?: Keep['hand']
  /** Where the claim's test is declared. */
  readonly source?: ClaimRecord['source']
}

/** Clusters that stay up keep this process alive; otherwise it ends with its parent. */
let keptClusters = 0
if (process.send) process.on('disconnect', () => keptClusters === 0 && process.exit(1))

function keeping(id: string, when: 'failed' | 'always', hand: Keep['hand']): Keep {
  return {
    when,
    hand: async (...cluster) => {
      const name = await hand(...cluster)
      keptClusters += 1
      tellParent({ type: 'kept', id, name })
      return name
    },
  }
}

function labFor(options: Omit<LabOptions, 'progress'>): Promise<Lab> {
  const key = keyOf(options)
  const known = labs.get(key)
  if (known) return known
  const opened = Lab.open({ ...options, progress: (line) => tellParent({ type: 'progress', line }) })
  labs.set(key, opened)
  return opened
}

/** Puts one claim to the test, again where only the machine's lateness was in the way, and tells the parent. */
export async function runClaim(
  id: string,
  body: (context: ClaimContext) => Promise<void>,
  hooks: SessionHooks = {},
): Promise<ClaimRecord> {
  settings ??= sessionSettings()
  const {
    outDir,
    folder = 'claims',
    engine,
    kernel,
    keepalived,
    cold,
    keep,
    sabotage,
    attempts = ATTEMPTS,
  } = await settings
  const { claim, topology } = await findClaim(id)
  const wishes = wishesOf(claim, { kernel, keepalived })
  const onProgress = (line: string, waitMs?: number): void =>
    tellParent({ type: 'progress', id, line, ...(waitMs === undefined ? {} : { waitMs }) })
  for (let attempt = 1; ; attempt++) {
    tellParent({ type: 'start', id, attempt })
    const lab = await labFor({ engine, ...wishes, topology: topology.folder })
    const { userland, kernel: booted } = lab.host
    const regression = await knownRegression(id, { keepalived: userland.keepalived, kernel: booted.release })
    const mode: BootOptions['mode'] = cold === true ? 'cold' : undefined
    const context = new ClaimContext({
      ...{ claim, topology, outDir, folder, attempt, mode, onProgress, lab },
      ...(regression === undefined ? {} : { regression }),
      ...{ lastAttempt: attempt >= attempts, onJudged: () => tellParent({ type: 'judged', id }) },
      ...(hooks.source === undefined ? {} : { source: hooks.source }),
      ...(keep === undefined || !hooks.hand ? {} : { keep: keeping(id, keep, hooks.hand) }),
      ...(sabotage === undefined || !hooks.sabotageOf ? {} : { sabotage: hooks.sabotageOf(sabotage) }),
    })
    const record = await context.run(body)
    if (record.verdict === 'inconclusive' && attempt < attempts) {
      onProgress(`${record.reason ?? 'inconclusive'}; trying again`)
      continue
    }
    tellParent({ type: 'end', record })
    return record
  }
}
