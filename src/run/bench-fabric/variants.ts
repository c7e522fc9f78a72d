import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fabric, type CableId } from '../../fabric/index.ts'
import { CableEnds, type EndsOf } from './cable-ends.ts'

/** One network to measure. */
export interface Variant {
  readonly id: string
  readonly label: string
  readonly ports: number
  readonly kind: 'none' | 'bridge' | 'fabric'
  readonly network: 'switch' | 'hub'
  readonly capture: boolean
}

const plain = { kind: 'fabric', network: 'switch', ports: 2, capture: false } as const

/** The first four are what the others are compared with; the second fabric is the first once more (A/A). */
export const VARIANTS: readonly Variant[] = [
  { ...plain, id: 'none', label: 'nothing in between', kind: 'none' },
  { ...plain, id: 'bridge', label: 'kernel bridge', kind: 'bridge' },
  { ...plain, id: 'fabric', label: 'fabric' },
  { ...plain, id: 'fabric-again', label: 'fabric, again' },
  { ...plain, id: 'fabric-capture', label: 'fabric, capture', capture: true },
  { ...plain, id: 'bridge-8', label: 'kernel bridge, 8 ports', kind: 'bridge', ports: 8 },
  { ...plain, id: 'fabric-8', label: 'fabric, 8 ports', ports: 8 },
  { ...plain, id: 'bridge-8-hub', label: 'kernel bridge, hub of 8', kind: 'bridge', ports: 8, network: 'hub' },
  { ...plain, id: 'fabric-8-hub', label: 'fabric, hub of 8', ports: 8, network: 'hub' },
]

/** A network that is up, with the process at its ends. */
export interface OpenVariant extends AsyncDisposable {
  readonly variant: Variant
  readonly ends: CableEnds
  /** Frames that the fabric dropped, or left out of its capture, since the start. */
  lost(): Promise<number>
}

/** @throws InfrastructureError if the network or its ends cannot be made */
export async function openVariant(variant: Variant, directory: string): Promise<OpenVariant> {
  const { kind, network, ports } = variant
  if (kind === 'fabric') return openFabric(variant, directory)
  const ends = await CableEnds.open(kind === 'none' ? { kind: 'pair' } : { kind: 'bridge', network, ports })
  return { variant, ends, lost: () => Promise.resolve(0), [Symbol.asyncDispose]: async () => ends[Symbol.dispose]() }
}

async function openFabric(variant: Variant, directory: string): Promise<OpenVariant> {
  const own = join(directory, variant.id)
  await mkdir(own)
  const cables = Array.from({ length: variant.ports }, (_, port): CableId => `end-${port}:eth0`)
  const fabric = await Fabric.start({
    socketDir: own,
    ...(variant.capture ? { captureDir: join(own, 'captures') } : {}),
    networks: [{ name: 'bench', kind: variant.network }],
    cables: cables.map((id) => ({ id, network: 'bench', mac: '02:00:00:00:00:01' })),
  })
  try {
    const paths: EndsOf = { kind: 'unix', paths: cables.map((cable) => fabric.socketPath(cable)) }
    const ends = await CableEnds.open(paths)
    return {
      ...{ variant, ends },
      lost: async () => {
        const { dropped, uncaptured } = await fabric.stats()
        return dropped + uncaptured
      },
      [Symbol.asyncDispose]: async () => {
        ends[Symbol.dispose]()
        await fabric[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await fabric[Symbol.asyncDispose]()
    throw error
  }
}
