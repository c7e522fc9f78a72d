import { resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { RunRecord } from '../../run/record.ts'
import { renderHtml } from '../html/page.ts'
import { runJson } from '../run-json.ts'
import { renderTerminal } from '../terminal.ts'
import { writeReports } from '../write-reports.ts'
import { GithubReporter } from './github.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import { fileOutput, streamOutput } from './output.ts'
import type { Output, Reporter } from './reporter.ts'
import type { ReporterName, ReporterSpec } from './spec.ts'
import { TapReporter } from './tap.ts'

export interface ReporterSurroundings {
  /** The run's folder. */
  readonly outDir: string
  readonly stdout: NodeJS.WriteStream
  readonly env: NodeJS.ProcessEnv
}

/**
 * What was asked for and what goes without asking: the terminal's summary where nothing else wants standard output, and
 * annotations where GitHub runs this.
 */
export function withDefaults(specs: readonly ReporterSpec[], env: NodeJS.ProcessEnv): ReporterSpec[] {
  const github = env['GITHUB_ACTIONS'] === 'true' && !specs.some(({ name }) => name === 'github')
  return [
    ...specs,
    ...(takers(specs).length === 0 ? [{ name: 'terminal' as const }] : []),
    ...(github ? [{ name: 'github' as const }] : []),
  ]
}

/** Workflow commands are single lines that GitHub picks out of whatever is around them. */
function takers(specs: readonly ReporterSpec[]): readonly ReporterSpec[] {
  return specs.filter(({ name, file }) => file === undefined && name !== 'github')
}

/**
 * Those who report a run: OUT's own files, always and first, then what `specs` name.
 * @throws UsageError `LVSLAB_E_REPORTER` when two want standard output
 */
export function reportersFor(specs: readonly ReporterSpec[], surroundings: ReporterSurroundings): Reporter[] {
  const onStdout = takers(specs)
  if (onStdout.length > 1) {
    throw new UsageError(
      'LVSLAB_E_REPORTER',
      `${onStdout.map(({ name }) => name).join(' and ')} want standard output`,
      {
        todo: 'give all but one a file: --reporter NAME=FILE (--tap and --json are reporters on standard output)',
      },
    )
  }
  const taken = onStdout.some(({ name }) => name !== 'terminal')
  return [filesOf(surroundings.outDir), ...specs.map((spec) => reporter(spec, surroundings, taken))]
}

/** OUT's own files, written first. */
function filesOf(outDir: string): Reporter {
  return {
    runEnded: async (run) => {
      await writeReports(run, outDir)
    },
  }
}

function reporter({ name, file }: ReporterSpec, surroundings: ReporterSurroundings, taken: boolean): Reporter {
  const { stdout, env, outDir } = surroundings
  // With data on standard output, GitHub's runner reads its commands off standard error just as well.
  const stream = name === 'github' && taken ? process.stderr : stdout
  const out = file === undefined ? streamOutput(stream) : fileOutput(resolve(file))
  if (name === 'tap') return new TapReporter(out)
  if (name === 'github') return new GithubReporter(out, env['GITHUB_STEP_SUMMARY'])
  return atTheEnd(out, (run) => rendered(name, run, { stdout, env, outDir, toFile: file !== undefined }))
}

function atTheEnd(out: Output, render: (run: RunRecord) => string): Reporter {
  return {
    runEnded: async (run) => {
      out.write(render(run))
      await out.close()
    },
  }
}

function rendered(
  name: Exclude<ReporterName, 'tap' | 'github'>,
  run: RunRecord,
  { stdout, env, outDir, toFile }: ReporterSurroundings & { readonly toFile: boolean },
): string {
  switch (name) {
    case 'json':
      return runJson(run, toFile ? 2 : 0)
    case 'html':
      return renderHtml(run)
    case 'markdown':
      return renderMarkdown(run)
    case 'junit':
      return renderJunit(run, { folder: resolve(outDir), gitlabProject: env['CI_PROJECT_DIR'] })
    case 'terminal': {
      const color = !toFile && stdout.isTTY === true && (env['NO_COLOR'] ?? '') === ''
      const width = toFile ? 100 : Math.min(stdout.columns ?? 100, 120)
      return renderTerminal(run, { color, width, reportPath: resolve(outDir, 'report.html') })
    }
  }
}
