import { LvslabError } from '../errors.ts'
import type { Wire } from '../fabric/index.ts'
import type { Vip as VipSpec } from '../topology/index.ts'
import type { Node } from './node.ts'

/** A virtual IP, and who has it. */
export class VirtualIp {
  readonly spec: VipSpec
  readonly candidates: readonly Node[]
  readonly #wire: Wire

  constructor(spec: VipSpec, candidates: readonly Node[], wire: Wire) {
    this.spec = spec
    this.candidates = candidates
    this.#wire = wire
  }

  get address(): string {
    return this.spec.address
  }

  url(path = '/', port = 80): string {
    return `http://${this.address}${port === 80 ? '' : `:${port}`}${path}`
  }

  /** The candidates that hold the address, by what each one's `ip address` says. */
  async owners(): Promise<Node[]> {
    const running = this.candidates.filter((node) => node.running)
    const held = await Promise.all(running.map((node) => node.holds(this.address)))
    return running.filter((_, index) => held[index])
  }

  /**
   * The one owner.
   *
   * @throws LvslabError `LVSLAB_E_VIP_OWNER`, as a failed assertion, when there is none, or more than one
   */
  async owner(): Promise<Node> {
    const owners = await this.owners()
    if (owners.length === 1) return owners[0]!
    throw new LvslabError(
      'assertion',
      'LVSLAB_E_VIP_OWNER',
      `${this.address} has ${owners.length === 0 ? 'no owner' : 'more than one owner'}`,
      { tried: 'ask the directors for their addresses', seen: owners.map(({ name }) => name).join(', ') || 'none' },
    )
  }

  /** Who advertised it last, by the wire. */
  ownerByWire(): Node | undefined {
    const last = this.#wire.adverts({ network: this.spec.network }).findLast(({ priority }) => priority > 0)
    return this.candidates.find(
      (node) => node.spec.interfaces.some(({ mac }) => mac === last?.srcMac) || node.hasAddress(last?.srcIp),
    )
  }

  /** The candidates that do not have it. */
  async others(): Promise<Node[]> {
    const owner = await this.owner()
    return this.candidates.filter((node) => node !== owner)
  }
}
