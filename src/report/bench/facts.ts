import type { BenchRecord } from '../../run/bench/record.ts'
import { percentText } from './quantity.ts'

/** What the figures were made with and on. */
export function facts(record: BenchRecord): [name: string, value: string][] {
  const { host, kernel, keepalived, userland, quick, impairments, loadAverage } = record
  return [
    [
      'started',
      `${record.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${(record.durationMs / 60_000).toFixed(1)} min`,
    ],
    ['size', quick ? 'quick: few repetitions' : 'default'],
    ['processors', `${host.cores} cores, ${host.cpu}`],
    ['machines', `QEMU ${host.qemu} under ${host.acceleration}`],
    ['kernel', kernel],
    ['keepalived', `${keepalived} (${userland})`],
    ['host', `${host.distribution}, kernel ${host.kernel}, Node ${host.node}`],
    ['load before', `${loadAverage} processes (average of a minute)`],
    ['impaired', impairments.length === 0 ? 'nothing' : impairments.join(', ')],
  ]
}

/** How far the same lies apart, in sentences. */
export function noiseLines({ noise }: BenchRecord): string[] {
  if (noise.length === 0) return []
  const texts = noise.map(({ name, sameBoot, twoBoots }) => {
    const said = [
      ...(sameBoot === undefined ? [] : [`${percentText(sameBoot)} in one round`]),
      ...(twoBoots === undefined ? [] : [`${percentText(twoBoots)} between boots`]),
    ]
    return `  ${name}: ${said.join(', ')}`
  })
  return ['Noise: the same measured twice differs by up to', ...texts]
}
