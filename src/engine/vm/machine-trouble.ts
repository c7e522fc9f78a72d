import { InfrastructureError } from '../../errors.ts'
import { lastLines } from '../../host/process.ts'
import type { Standstill } from '../engine.ts'
import { textOf } from './boot-watch.ts'

/** What can be said of a machine that is not as it should be: always with where to look, and what its console said last. */
export class MachineTrouble {
  readonly #name: string
  readonly #consolePath: string

  constructor(name: string, consolePath: string) {
    this.#name = name
    this.#consolePath = consolePath
  }

  /** It does not run. `how`: how its QEMU ended when nobody asked it to. */
  gone(
    tried: string,
    {
      how,
      standstill,
      cause,
    }: { readonly how?: string | undefined; readonly standstill: Standstill | undefined; readonly cause?: unknown },
  ): InfrastructureError {
    const died = how !== undefined && how !== ''
    return new InfrastructureError('LVSLAB_E_MACHINE_DOWN', `${this.#name} is not running`, {
      tried,
      seen: died ? `QEMU ended: ${how}\n${this.#lastOfConsole()}` : `it is ${standstill ?? 'off'}`,
      todo: this.#look,
      cause,
    })
  }

  /** Its kernel panicked, and nobody asked it to. */
  crashed(panic: string): InfrastructureError {
    return new InfrastructureError('LVSLAB_E_MACHINE_DOWN', `${this.#name} has crashed: ${panic}`, {
      tried: 'keep it running',
      seen: this.#lastOfConsole(),
      todo: this.#look,
    })
  }

  /** It did not come up: `what` says in what way. */
  notUp(what: string, { kind, reason }: { readonly kind: string; readonly reason?: string }): InfrastructureError {
    return new InfrastructureError('LVSLAB_E_BOOT', `${this.#name} ${what}`, {
      tried: `boot ${this.#name} under ${kind}`,
      seen: `${reason === undefined ? '' : `${reason}\n`}${this.#lastOfConsole()}`,
      todo: 'if the console is empty, try more memory, or LVSLAB_ACCEL=tcg; otherwise the lines above say what it waits for',
    })
  }

  /** It did not do what it was asked for. */
  refused(what: string, code: `LVSLAB_E_${string}`): InfrastructureError {
    return new InfrastructureError(code, `${this.#name} ${what}`, { todo: this.#look })
  }

  get #look(): string {
    return `look at its console: ${this.#consolePath}`
  }

  #lastOfConsole(): string {
    const lines = lastLines(textOf(this.#consolePath), 12)
    return lines === '' ? 'its console says nothing' : `the console's last lines:\n${lines}`
  }
}
