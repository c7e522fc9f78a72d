import { describeError, LvslabError, UsageError } from '../../errors.ts'
import type { SuiteIndex } from '../../image/index.ts'
import { KEEPALIVED_WISH, KERNEL_WISH, wholeNumber } from '../options.ts'
import type { AddCommand } from './command-module.ts'

const DAY_MS = 86_400_000

export const addImage: AddCommand = (program) => {
  const image = program.command('image').description('what machines are made of: build, look at, throw away')
  image
    .command('build')
    .description('build a kernel and a userland ahead of time')
    .option('--kernel <wish>', `only this kernel: ${KERNEL_WISH}`)
    .option('--keepalived <wish>', `only the userland with this keepalived: ${KEEPALIVED_WISH}`)
    .action(build)
  image
    .command('box')
    .description('pack a Vagrant box (provider libvirt) of the default kernel and userland')
    .option('--out <file>', 'copy it there, for another machine')
    .action(box)
  image
    .command('ls')
    .description('what the cache holds')
    .option('--available', 'what the mirror has to build more from, asked once a day')
    .option('--json', 'as JSON')
    .action(async ({ available, ...options }: { available?: boolean; json?: boolean }) =>
      available === true ? listAvailable(options) : list(options),
    )
  image
    .command('prune')
    .description('throw away what was not used lately')
    .option('--older-than <days>', 'not used for so many days', wholeNumber(0), 30)
    .option('--all', 'everything')
    .action(prune)
}

async function build({ kernel, keepalived: userland }: { kernel?: string; keepalived?: string }): Promise<void> {
  const { ensureKernel, ensureUserland } = await import('../../image/index.ts')
  const { Progress } = await import('../terminal/progress.ts')
  const { print } = await import('../terminal/output.ts')
  const both = kernel === undefined && userland === undefined
  const progress = new Progress()
  using _clear = progress
  const lines: string[] = []
  if (both || kernel !== undefined) {
    const { name, release, version } = await ensureKernel(kernel, progress.say)
    lines.push(`kernel ${name}: ${release} (${version})`)
  }
  if (both || userland !== undefined) {
    const { name, keepalived } = await ensureUserland(userland, progress.say)
    lines.push(`userland ${name}: keepalived ${keepalived}`)
  }
  progress[Symbol.dispose]()
  print(lines.join('\n'))
}

async function box({ out }: { out?: string }): Promise<void> {
  const { copyFile } = await import('node:fs/promises')
  const { ensureBox } = await import('../../image/index.ts')
  const { Progress } = await import('../terminal/progress.ts')
  const { print } = await import('../terminal/output.ts')
  const progress = new Progress()
  using _clear = progress
  const { name, path, kernel } = await ensureBox(progress.say)
  if (out !== undefined) await copyFile(path, out)
  progress[Symbol.dispose]()
  const add = `elsewhere: vagrant box add --name ${name} ${out ?? path}`
  print(
    `box ${name}: kernel ${kernel.release}\n${out ?? path}\n"vagrant up" in this folder takes it from there; ${add}`,
  )
}

async function list({ json = false }: { json?: boolean }): Promise<void> {
  const { listEntries } = await import('../../image/index.ts')
  const { cacheDir } = await import('../../host/paths.ts')
  const { imageJson, renderImages } = await import('../render/images.ts')
  const { lookOf, print, printJson } = await import('../terminal/output.ts')
  const entries = await listEntries()
  if (json) return printJson({ schema: 'lvslab.images/1', directory: cacheDir(), images: entries.map(imageJson) })
  print(renderImages(entries, cacheDir(), lookOf(), Date.now()))
}

async function listAvailable({ json = false }: { json?: boolean }): Promise<void> {
  const { readCatalog, suiteIndex } = await import('../../image/index.ts')
  const { renderOffers } = await import('../render/offers.ts')
  const { Progress } = await import('../terminal/progress.ts')
  const { lookOf, print, printJson } = await import('../terminal/output.ts')
  const progress = new Progress()
  using _clear = progress
  const suites: (SuiteIndex | { readonly suite: string; readonly error: string })[] = []
  for (const suite of Object.keys((await readCatalog()).suites)) {
    try {
      suites.push(await suiteIndex(suite, progress.say))
    } catch (error) {
      if (!(error instanceof LvslabError)) throw error
      suites.push({ suite, error: describeError(error) })
    }
  }
  progress[Symbol.dispose]()
  if (json) printJson({ schema: 'lvslab.available/1', suites })
  else print(renderOffers(suites, lookOf()))
}

async function prune({ all = false, olderThan }: { all?: boolean; olderThan: number }): Promise<void> {
  const { pruneEntries } = await import('../../image/index.ts')
  const { findClusters } = await import('../supervisor/state.ts')
  const { print } = await import('../terminal/output.ts')
  const { size } = await import('../terminal/quantity.ts')
  const up = await findClusters()
  // A machine whose power returns opens its disks anew, and finds them gone.
  if (up.length > 0 && (all || olderThan === 0)) {
    throw new UsageError('LVSLAB_E_IMAGES_IN_USE', 'a cluster that is up needs some of these images', {
      seen: `up: ${up.map(({ name }) => name).join(', ')}`,
      todo: 'npx lvslab down --all',
    })
  }
  const { removed, freedBytes } = await pruneEntries(all ? 0 : olderThan * DAY_MS)
  for (const what of removed) print(`removed ${what}`)
  print(removed.length === 0 ? 'nothing to remove' : `${size(freedBytes)} freed`)
}
