import { createHash } from 'node:crypto'

/**
 * Makes MAC addresses for one cluster's interfaces: the same for the same topology, node and interface on every host
 * and in every run, so that captures and switch tables of two runs can be laid side by side. `02` in front makes them
 * unicast and locally administered (IEEE 802, section 8.4), so they meet no vendor's.
 */
export class MacPlan {
  readonly #topology: string
  readonly #taken = new Set<string>()

  constructor(topology: string) {
    this.#topology = topology
  }

  /** @returns lower case with colons, never the same twice: "02:5e:…" */
  next(node: string, interfaceName: string): string {
    for (let attempt = 0; ; attempt++) {
      const seed = [this.#topology, node, interfaceName, ...(attempt === 0 ? [] : [attempt])].join('/')
      const bytes = createHash('sha256').update(seed).digest('hex').slice(0, 10)
      const mac = ['02', ...(bytes.match(/../g) ?? [])].join(':')
      if (this.#taken.has(mac)) continue
      this.#taken.add(mac)
      return mac
    }
  }
}
