import type { Node } from '../../cluster/index.ts'
import type { Terminal, TerminalOptions } from '../../engine/engine.ts'
import { UsageError } from '../../errors.ts'

/** The terminals that people have open. */
export class Terminals {
  readonly #open = new Map<string, Terminal>()
  #count = 0

  /** @param gone - aborted when the command that asked goes away; the shell goes too */
  async open(node: Node, options: TerminalOptions, gone: AbortSignal): Promise<{ id: string; socketPath: string }> {
    const terminal = await node.machine.openTerminal(options)
    this.#count += 1
    const id = `t${this.#count}`
    this.#open.set(id, terminal)
    const hangUp = (): void => {
      this.#open.delete(id)
      void terminal.close()
    }
    if (gone.aborted) hangUp()
    else gone.addEventListener('abort', hangUp, { once: true })
    return { id, socketPath: terminal.socketPath }
  }

  async resize(id: string, rows: number, columns: number): Promise<void> {
    await this.#find(id).resize(rows, columns)
  }

  /** Hangs up if the shell still runs; answers its exit code if it ended by itself. */
  async close(id: string): Promise<number | undefined> {
    const terminal = this.#find(id)
    void terminal.close()
    this.#open.delete(id)
    return terminal.ended
  }

  #find(id: string): Terminal {
    const terminal = this.#open.get(id)
    if (terminal) return terminal
    throw new UsageError('LVSLAB_E_TERMINAL_UNKNOWN', `there is no terminal ${id}`)
  }
}
