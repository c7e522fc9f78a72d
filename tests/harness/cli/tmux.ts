import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

const TIMEOUT_MS = 15_000

/** A terminal with a shell in it, as tmux(1) gives it: on a server of its own. */
export class Tmux implements Disposable {
  readonly #server = `lvslab-${randomBytes(4).toString('hex')}`

  /** Why tests that need tmux are to be skipped; false when it is there. */
  static missing(): string | false {
    return spawnSync('tmux', ['-V']).status === 0 ? false : 'tmux is not installed'
  }

  static async start(columns: number, rows: number): Promise<Tmux> {
    const tmux = new Tmux()
    const size = ['-x', String(columns), '-y', String(rows)]
    tmux.#run('-f', '/dev/null', 'new-session', '-d', ...size, 'env PS1="here$ " sh')
    await tmux.until(/here\$ $/m)
    return tmux
  }

  type(line: string): void {
    this.#run('send-keys', '-l', line)
    this.#run('send-keys', 'Enter')
  }

  key(...names: string[]): void {
    this.#run('send-keys', ...names)
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** What is on the screen, without blank lines; a prompt's last blank is kept. */
  screen(): string {
    const lines = this.#run('capture-pane', '-p', '-N').split('\n')
    return lines
      .map((line) => line.replace(/(?<=[#$] ) +$/, '').replace(/(?<![#$] ?)\s+$/, ''))
      .filter((line) => line !== '')
      .join('\n')
  }

  async until(pattern: RegExp): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS
    while (!pattern.test(this.screen())) {
      if (performance.now() > deadline) throw new Error(`${pattern} did not come; the screen:\n${this.screen()}`)
      await pause(100)
    }
  }

  [Symbol.dispose](): void {
    spawnSync('tmux', ['-L', this.#server, 'kill-server'])
  }

  #run(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#server, ...args], { encoding: 'utf8', timeout: 10_000 })
  }
}
