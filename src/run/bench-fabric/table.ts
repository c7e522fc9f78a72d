import { flowId, FLOW_BYTES, PING_BYTES, pingId } from './cells.ts'
import type { Estimate } from './estimate.ts'
import type { BenchFabricResult, Row } from './result.ts'

const NAME_WIDTH = 26
const FLOW_WIDTH = 30

/** For a terminal: medians, each with its 95 % interval. */
export function tableOf(result: BenchFabricResult): string {
  const { host, noise, rounds, durationMs, leftOut, lost, rows } = result
  const networks = [...new Set(rows.map(({ network }) => network))]
  const row = (network: string, cell: string): Row => rows.find((one) => one.network === network && one.cell === cell)!
  const flows = (title: string, bothWays: boolean): string[] => [
    '',
    `${title}, thousand frames/s and MB/s`,
    ''.padEnd(NAME_WIDTH) + FLOW_BYTES.map((bytes) => `${bytes} B`.padEnd(FLOW_WIDTH)).join(''),
    ...networks.map((network) => {
      const cells = FLOW_BYTES.map((bytes) => flowCell(row(network, flowId(bytes, bothWays))).padEnd(FLOW_WIDTH))
      return (network.padEnd(NAME_WIDTH) + cells.join('')).trimEnd()
    }),
  ]
  const pings = PING_BYTES.flatMap((bytes) => [
    '',
    `round trip of ${bytes} B, µs`,
    `${''.padEnd(NAME_WIDTH)}${'p50'.padEnd(24)}${'p90'.padStart(7)}${'p99'.padStart(9)}   ${'over nothing'.padEnd(24)}over the bridge`,
    ...networks.map((network) => pingLine(network, row(network, pingId(bytes))).trimEnd()),
  ])
  return [
    `${host.cores} cores (${host.cpu}), ${host.distribution}, kernel ${host.kernel}, Node ${host.node}; no machines, so no acceleration`,
    `${rounds} rounds in ${(durationMs / 1000).toFixed(0)} s, networks in turns; medians [95 % interval of the median]`,
    `noise: the same fabric measured twice differs by up to ${(noise.flow * 100).toFixed(1)} % in frames/s, ${noise.roundTripUs.toFixed(1)} µs in round trips`,
    ...leftOut.map(({ network, reason }) => `left out: ${network}: ${reason}`),
    ...(lost === 0 ? [] : [`${lost} frames were lost or not captured: these figures are worth nothing`]),
    ...flows('one way', false),
    ...flows('both ways, summed', true),
    ...pings,
  ].join('\n')
}

function flowCell({ figures }: Row): string {
  const frames = figures['frames/s']!
  const thousand = [frames.median, frames.low, frames.high].map((value) => (value / 1000).toFixed(1))
  return `${thousand[0]!.padStart(6)} [${thousand[1]}–${thousand[2]}] ${figures['MB/s']!.median.toFixed(0).padStart(4)}`
}

function pingLine(network: string, { figures, addedUs }: Row): string {
  const added = (estimate: Estimate | undefined): string => (estimate === undefined ? '' : withInterval(estimate, true))
  const [p50, p90, p99] = [figures['p50']!, figures['p90']!, figures['p99']!]
  const tail = `${p90.median.toFixed(1).padStart(7)}${p99.median.toFixed(1).padStart(9)}`
  const compared = `${added(addedUs?.overNothing).padEnd(24)}${added(addedUs?.overBridge)}`
  return `${network.padEnd(NAME_WIDTH)}${withInterval(p50).padEnd(24)}${tail}   ${compared}`
}

function withInterval({ median, low, high }: Estimate, signed = false): string {
  const text = (value: number): string => `${signed && value > 0 ? '+' : ''}${value.toFixed(1)}`
  return `${text(median).padStart(6)} [${text(low)}–${text(high)}]`
}
