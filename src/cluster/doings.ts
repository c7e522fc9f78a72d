import type { ClusterClock, ClusterTime } from '../clock.ts'

/** Something that was done to a node on purpose, by a fault or by a command that a claim ran. */
export interface Doing {
  readonly at: ClusterTime
  /** When it was undone, of what lasts; infinite while it does. */
  readonly until: ClusterTime
  /** A node's name; "*": all of them. */
  readonly node: string
  /** "systemctl stop keepalived", "freeze". */
  readonly what: string
}

/**
 * What was done to the nodes of a cluster, as far as it may disturb what runs on them: for who watches that nothing
 * happens by itself.
 */
export class Doings {
  readonly #clock: ClusterClock
  readonly #all: Doing[] = []

  constructor(clock: ClusterClock) {
    this.#clock = clock
  }

  note(node: string, what: string): void {
    this.begin(node, what)()
  }

  /** Something that lasts until the answer is called. */
  begin(node: string, what: string): () => void {
    const at = this.#clock.now()
    const doing = { at, until: Infinity as ClusterTime, node, what: what.replaceAll(/\s+/g, ' ').trim().slice(0, 120) }
    this.#all.push(doing)
    return () => {
      doing.until = this.#clock.now()
    }
  }

  /** What was done to a node, or to all, in a span. */
  touching(node: string, since: ClusterTime, until: ClusterTime): Doing[] {
    return this.#all.filter((one) => (one.node === node || one.node === '*') && one.until >= since && one.at <= until)
  }
}

/** Commands that start, stop or signal processes, or change how a node reaches others. Such that only look are not. */
const DISTURBING = [
  /\bsystemctl\b[^|;&]*\b(start|stop|restart|reload|try-restart|kill|isolate|reboot|poweroff)\b/,
  /\bservice\s+\S+\s+(start|stop|restart|reload)\b/,
  /\b(kill|pkill|killall|reboot|poweroff|halt|shutdown|kexec)\b/,
  /\/etc\/init\.d\//,
  /sysrq/,
  /\bip\s[^|;&]*\b(link|address|addr|route|neigh)\s+(add|del|delete|flush|replace|change|set)\b/,
  /\b(iptables|nft|ifconfig|ifdown|ifup|tc)\b/,
  /\bdate\s+(-s|--set)/,
]

export function isDisturbing(command: string): boolean {
  return DISTURBING.some((pattern) => pattern.test(command))
}

/**
 * The same object, but that calls of some of its methods are told of before they are made.
 *
 * @param say - hears of each call
 */
export function noted<T extends object>(target: T, say: (method: string, args: readonly unknown[]) => void): T {
  // A cluster of a unit test may have no machines.
  if ((target as T | undefined) === undefined) return target
  return new Proxy(target, {
    get(_, property) {
      // The target itself must be `this`: classes with private fields know no other.
      const value: unknown = Reflect.get(target, property, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        if (typeof property === 'string') say(property, args)
        return Reflect.apply(value, target, args)
      }
    },
  })
}
