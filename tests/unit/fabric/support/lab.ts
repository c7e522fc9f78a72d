import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fabric } from '../../../../src/fabric/index.ts'
import type { CableId, CableEvent, FabricNetwork, WireEvent } from '../../../../src/fabric/index.ts'
import { Machine } from './machine.ts'

export const macs = { a: '52:54:00:00:00:0a', b: '52:54:00:00:00:0b', c: '52:54:00:00:00:0c' } as const
export type Name = keyof typeof macs

export const cableOf = (name: Name): CableId => `${name}:eth0`

export const isChange =
  (cable: CableId, change: CableEvent['change']) =>
  (event: WireEvent): boolean =>
    event.type === 'cable' && event.cable === cable && event.change === change

/** A fabric of one network with machines a, b and c on it. */
export class Lab implements AsyncDisposable {
  readonly fabric: Fabric
  readonly directory: string
  readonly #machines: Machine[] = []

  private constructor(fabric: Fabric, directory: string) {
    this.fabric = fabric
    this.directory = directory
  }

  /** @param captureDevice - what the capture's file is a link to */
  static async start(kind: FabricNetwork['kind'] = 'switch', captureDevice?: string): Promise<Lab> {
    const directory = await mkdtemp(join(tmpdir(), 'lvslab-fabric-'))
    if (captureDevice !== undefined) {
      await mkdir(join(directory, 'captures'))
      await symlink(captureDevice, join(directory, 'captures', 'lan.pcapng'))
    }
    const fabric = await Fabric.start({
      socketDir: join(directory, 's'),
      captureDir: join(directory, 'captures'),
      networks: [{ name: 'lan', kind }],
      cables: (['a', 'b', 'c'] as const).map((name) => ({ id: cableOf(name), network: 'lan', mac: macs[name] })),
    })
    return new Lab(fabric, directory)
  }

  /** A machine at a cable, once the fabric knows that it is there. */
  async connect(name: Name): Promise<Machine> {
    const since = this.fabric.clock.now()
    const machine = await Machine.connect(this.fabric.socketPath(cableOf(name)))
    this.#machines.push(machine)
    await this.fabric.wire.waitFor(isChange(cableOf(name), 'connected'), { since, timeoutMs: 5000 })
    return machine
  }

  async connectAll(): Promise<Record<Name, Machine>> {
    return { a: await this.connect('a'), b: await this.connect('b'), c: await this.connect('c') }
  }

  /** Everything that machines sent before has been forwarded and read by its receivers. */
  async settle(): Promise<void> {
    // Two round trips through the thread, whose sockets are read between its messages; then the receivers' turn.
    for (let trip = 0; trip < 3; trip++) {
      await this.fabric.flush()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines) machine[Symbol.dispose]()
    try {
      await this.fabric[Symbol.asyncDispose]()
    } finally {
      await rm(this.directory, { recursive: true, force: true })
    }
  }
}
