import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median } from 'simple-statistics'
import { openVm } from '../cluster/lab-engine.ts'
import { untilReady } from '../cluster/ready/index.ts'
import { InfrastructureError } from '../errors.ts'
import type { BootMode } from '../engine/engine.ts'
import { VmCluster } from '../engine/vm/vm-cluster.ts'
import type { VmHost } from '../engine/vm/vm-host.ts'
import { loadTopology } from '../topology/index.ts'

export interface BenchBootOptions {
  readonly topology?: string
  /** How often each way is measured; the ways take turns. Default 3. */
  readonly rounds?: number
  readonly out?: string | undefined
  readonly json?: boolean
}

const MODES: readonly BootMode[] = ['cold', 'template', 'snapshot']
const ANSWER_TIMEOUT_MS = 120_000

/**
 * Boots a cluster cold, from machine templates and from a saved cluster, in turns within one run, and compares the times
 * from the first process to the first answer of the VIP to the client.
 */
export async function benchBoot(options: BenchBootOptions = {}): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const rounds = options.rounds ?? 3
  const { host } = await openVm({}, say)
  const topology = await loadTopology(options.topology ?? 'dr-vrrp')
  const scratch = await mkdtemp(join(tmpdir(), 'lvslab-bench-'))
  const times = new Map<BootMode, number[]>(MODES.map((mode) => [mode, []]))
  try {
    // Not counted: builds what the cache lacks, and has every file read once.
    for (const mode of ['template', 'snapshot'] as const) await measure(host, topology, mode, scratch, say)
    for (let round = 1; round <= rounds; round++) {
      for (const mode of MODES) {
        const ms = await measure(host, topology, mode, scratch, say)
        times.get(mode)!.push(ms)
        say(`round ${round}/${rounds}: ${mode.padEnd(8)} ${(ms / 1000).toFixed(2)} s to the first answer`)
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  const cold = median(times.get('cold')!)
  const rows = MODES.map((mode) => {
    const all = times.get(mode)!
    const middle = median(all)
    return {
      mode,
      medianMs: middle,
      minMs: Math.min(...all),
      maxMs: Math.max(...all),
      timesFasterThanCold: cold / middle,
      all,
    }
  })
  const result = {
    schema: 'lvslab.bench-boot/1',
    topology: topology.name,
    machines: topology.nodes.length,
    host: { acceleration: host.acceleration, qemu: host.qemu.version, kernel: host.kernel.release },
    rows,
  }
  if (options.out !== undefined) {
    await mkdir(options.out, { recursive: true })
    await writeFile(join(options.out, 'bench-boot.json'), JSON.stringify(result, null, 2) + '\n')
  }
  if (options.json === true) process.stdout.write(JSON.stringify(result) + '\n')
  else process.stdout.write(table(result.machines, host.acceleration.kind, rows))
  return 0
}

async function measure(
  host: VmHost,
  topology: Awaited<ReturnType<typeof loadTopology>>,
  mode: BootMode,
  scratch: string,
  progress: (line: string) => void,
): Promise<number> {
  const evidenceDir = await mkdtemp(join(scratch, 'evidence-'))
  const started = performance.now()
  const cluster = await VmCluster.boot({ host, topology, mode, evidenceDir, progress, untilReady })
  try {
    const [vip] = topology.vips
    const client = topology.nodes.find(({ roles }) => roles.includes('client'))
    const machine = cluster.machines.get(client?.name ?? '')
    const url = `http://${vip?.address ?? ''}/`
    const retrying = `until curl --silent --output /dev/null --connect-timeout 0.1 --max-time 1 ${url}; do sleep 0.02; done`
    const result = await machine?.exec(retrying, { timeoutMs: ANSWER_TIMEOUT_MS, pollMs: 10 })
    if (result?.exitCode !== 0) {
      throw new InfrastructureError('LVSLAB_E_BENCH', `the VIP of ${topology.name} did not answer`, { tried: url })
    }
    return performance.now() - started
  } finally {
    await cluster[Symbol.asyncDispose]()
  }
}

function table(
  machines: number,
  acceleration: string,
  rows: readonly { mode: BootMode; medianMs: number; minMs: number; maxMs: number; timesFasterThanCold: number }[],
): string {
  const inS = (ms: number): string => (ms / 1000).toFixed(2).padStart(8)
  return [
    `${machines} machines under ${acceleration}, from the first process to the first answer of the VIP, s`,
    `${'boot'.padEnd(10)}${'median'.padStart(8)}${'min'.padStart(8)}${'max'.padStart(8)}   against cold`,
    ...rows.map(
      ({ mode, medianMs, minMs, maxMs, timesFasterThanCold }) =>
        `${mode.padEnd(10)}${inS(medianMs)}${inS(minMs)}${inS(maxMs)}   ${timesFasterThanCold.toFixed(1)} times as fast`,
    ),
    '',
  ].join('\n')
}
