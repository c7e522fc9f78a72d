import { InvalidArgumentError, Option, type Command } from 'commander'
import { messageOf, UsageError } from '../errors.ts'
import { parseReporter, REPORTERS, type ReporterSpec } from '../report/reporters/spec.ts'

/** `--cluster NAME`, for commands about a cluster that is up. */
export interface ClusterOption {
  readonly cluster?: string
}

export function withCluster(command: Command): Command {
  return command.option('--cluster <name>', 'which cluster, when several are up')
}

/** A whole number of at least `least`, for commander. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`)
  }
}

/** Seconds, with a fraction, as ms. */
export function seconds(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0 && value <= 86_400) return Math.ceil(value * 1000)
  throw new InvalidArgumentError('It must be a number of seconds, at most a day.')
}

/** "2/5": the second of five parts. */
export function shard(text: string): { index: number; count: number } {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return { index, count }
  throw new InvalidArgumentError('It must be INDEX/COUNT, such as 1/4; the first is 1.')
}

export function choice(flags: string, description: string, choices: readonly string[], preset: string): Option {
  return new Option(flags, description).choices(choices).default(preset)
}

/** A name that can be a folder's, and part of a socket's path. */
export function clusterName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(text)) return text
  throw new InvalidArgumentError('A name has at most 40 letters, digits, dots, dashes and underscores.')
}

/** For the help of commands that report. */
export const REPORTER_HELP = `Reporters: ${REPORTERS.join(', ')}.
NAME writes to standard output, NAME=FILE to a file. The run's folder always gets run.json, report.html, junit.xml and
summary.md; under GitHub Actions there are annotations and a step summary without asking.`

/** Collects `--reporter NAME[=FILE]`, for commander. */
export function reporter(text: string, before: readonly ReporterSpec[] = []): ReporterSpec[] {
  try {
    return [...before, parseReporter(text)]
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error))
  }
}
/** What `--kernel` and `--keepalived` take; src/image/wish.ts reads them. */
export const KERNEL_WISH = 'a suite, a version (6.12, 6.1.0-53), a .deb, a vmlinuz with its modules'
export const KEEPALIVED_WISH = 'a suite, a version (2.3.3), a .deb'
/** What `run` and `up` take besides; src/image/named-wish.ts reads it. */
export const NAMED_WISH = 'or each node its own (master=A,backup=B)'

/** Where CI systems say which of several parallel jobs this is, and whether they count from 0. */
const PARALLEL_JOBS = [
  // GitLab, `parallel`
  { index: 'CI_NODE_INDEX', count: 'CI_NODE_TOTAL', from: 1 },
  // CircleCI, `parallelism`
  { index: 'CIRCLE_NODE_INDEX', count: 'CIRCLE_NODE_TOTAL', from: 0 },
  // Buildkite, `parallelism`
  { index: 'BUILDKITE_PARALLEL_JOB', count: 'BUILDKITE_PARALLEL_JOB_COUNT', from: 0 },
  // Kubernetes, an Indexed Job; it does not tell `completions`, so the job's own definition must
  { index: 'JOB_COMPLETION_INDEX', count: 'LVSLAB_SHARDS', from: 0 },
] as const

/**
 * The part that the environment says is this machine's; undefined where it says nothing, or there is one machine.
 *
 * @throws UsageError `LVSLAB_E_SHARD` where it says which part but not of how many, or what cannot be: each machine would
 * do everything, and nobody would notice
 */
export function shardOf(env: NodeJS.ProcessEnv): { index: number; count: number } | undefined {
  for (const { index: name, count: total, from } of PARALLEL_JOBS) {
    const [index, count] = [wholeIn(env[name]), wholeIn(env[total])]
    if (index === undefined) continue
    if (count === undefined ? index === from : count === 1 && index === from) continue
    if (count !== undefined && index >= from && index < count + from) return { index: index - from + 1, count }
    throw new UsageError('LVSLAB_E_SHARD', "the environment does not say which part of the work is this machine's", {
      seen: `${name}=${env[name] ?? ''}, ${total}=${env[total] ?? ''}; the first is ${from}`,
      todo: `set ${total} to the number of parallel jobs, or give --shard INDEX/COUNT (1/1: everything)`,
    })
  }
  return undefined
}

function wholeIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}
