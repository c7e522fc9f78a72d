/** What a service needs of its node. */
export interface ServiceHost {
  readonly name: string
  succeed(command: string): Promise<string>
  run(command: string): Promise<{ readonly exitCode: number }>
}

/** A systemd unit of a node. */
export class Service {
  readonly node: ServiceHost
  readonly unit: string

  constructor(node: ServiceHost, unit: string) {
    this.node = node
    this.unit = unit
  }

  async start(): Promise<void> {
    await this.node.succeed(`systemctl start ${this.unit}`)
  }

  async stop(): Promise<void> {
    await this.node.succeed(`systemctl stop ${this.unit}`)
  }

  async restart(): Promise<void> {
    await this.node.succeed(`systemctl restart ${this.unit}`)
  }

  async reload(): Promise<void> {
    await this.node.succeed(`systemctl reload ${this.unit}`)
  }

  async isActive(): Promise<boolean> {
    return (await this.node.run(`systemctl is-active --quiet ${this.unit}`)).exitCode === 0
  }

  /** Its log, as journalctl prints it with monotonic times. */
  async journal(lines = 200): Promise<string> {
    return this.node.succeed(`journalctl -u ${this.unit} -n ${lines} --no-pager -o short-monotonic`)
  }
}
