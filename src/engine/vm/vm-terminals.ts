import { join } from 'node:path'
import { InfrastructureError } from '../../errors.ts'
import type { Machine, Terminal, TerminalOptions } from '../engine.ts'
import { TERMINALS } from './qemu-args.ts'
import { VmTerminal } from './vm-terminal.ts'

/** A machine's serial lines for shells, and which of them are in use. */
export class VmTerminals {
  readonly #machine: Machine
  readonly #directory: string
  readonly #used = new Set<number>()

  /** @param directory - where the lines' sockets are */
  constructor(machine: Machine, directory: string) {
    this.#machine = machine
    this.#directory = directory
  }

  /** @throws InfrastructureError `LVSLAB_E_TERMINALS_BUSY` when none is free */
  async open(options?: TerminalOptions): Promise<Terminal> {
    const free = Array.from({ length: TERMINALS }, (_, index) => index).find((index) => !this.#used.has(index))
    if (free === undefined) {
      const message = `all ${TERMINALS} terminals of ${this.#machine.name} are in use`
      const todo = 'leave one of the shells (exit), or use "npx lvslab exec"'
      throw new InfrastructureError('LVSLAB_E_TERMINALS_BUSY', message, { todo })
    }
    // Taken at once: a second shell may be asked for before this one is open.
    this.#used.add(free)
    try {
      const terminal = await VmTerminal.open(this.#machine, free, join(this.#directory, `tty${free}`), options)
      // Free again only when nothing of the old session can write to it any more.
      void terminal.ended.then(() => terminal.close()).then(() => this.#used.delete(free))
      return terminal
    } catch (error) {
      this.#used.delete(free)
      throw error
    }
  }
}
