/** What `src/run` gives to the command line. */
export interface RunModule {
  runClaims(options: RunClaimsOptions): Promise<number>
  listClaims(): Promise<ClaimSummary[]>
  benchBoot(options: BenchOptions): Promise<number>
}

export interface ClaimSummary {
  readonly id: string
  readonly topology: string
  readonly title: string
  readonly negative: boolean
  readonly document: string
}

export interface RunClaimsOptions {
  readonly selection: string[]
  readonly kernel?: string
  readonly keepalived?: string
  readonly engine: 'vm' | 'vagrant'
  readonly keep: 'never' | 'failed' | 'always'
  readonly repeat: number
  readonly shard?: { readonly index: number; readonly count: number }
  readonly out?: string
  readonly json: boolean
  readonly cold: boolean
  readonly grep?: string
  readonly tap: boolean
}

export interface BenchOptions {
  readonly topology: string
  readonly repeat: number
  readonly kernel?: string
  readonly out?: string
  readonly json: boolean
}

/** Loaded when it is needed: it brings the whole harness along. */
export async function runModule(): Promise<RunModule> {
  return (await import(new URL('../run/index.ts', import.meta.url).href)) as RunModule
}
