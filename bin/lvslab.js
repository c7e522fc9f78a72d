#!/usr/bin/env node
// The command. In a checkout it runs from its TypeScript sources, published from what was compiled.
import { existsSync } from 'node:fs'
import module from 'node:module'

const PREREQUISITE = 4
const INFRASTRUCTURE = 3

/** A handle that somebody forgot must not keep the terminal: what is left may drain for so long, ms. */
const DRAIN_MS = 2_000

process.title = 'lvslab'

const here = (path) => new URL(`../${path}`, import.meta.url)

async function start() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 11)) {
    return missing(
      'NODE_TOO_OLD',
      'Node.js is too old',
      `version ${process.versions.node}`,
      'install Node.js 20.11 or later',
    )
  }
  const source = existsSync(here('src/cli/main.ts'))
  if (source && !existsSync(here('node_modules/commander'))) {
    const todo = 'run "npm start", or "bash scripts/setup.sh", which installs them'
    return missing('NOT_SET_UP', "lvslab's packages are not installed", 'no node_modules', todo)
  }
  // From Node 22.1 on: compiled code is kept between runs.
  module.enableCompileCache?.()
  if (source) (await import('tsx/esm/api')).register()
  const { main } = await import(here(source ? 'src/cli/main.ts' : 'dist/src/cli/main.js').href)
  return main(process.argv.slice(2))
}

function missing(code, message, seen, todo) {
  console.error(`LVSLAB_E_${code}: ${message}\n  saw:    ${seen}\n  do:     ${todo}`)
  return PREREQUISITE
}

try {
  process.exitCode = await start()
} catch (error) {
  console.error(error?.describe?.() ?? error)
  process.exitCode = error?.exitCode ?? INFRASTRUCTURE
}
setTimeout(() => process.exit(), DRAIN_MS).unref()
