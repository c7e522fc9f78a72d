import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { standstillWords, type Cluster, type Node } from '../../cluster/index.ts'
import { messageOf } from '../../errors.ts'
import { answersIn } from './answers.ts'
import { scriptsFor } from './questions.ts'

/** For all machines of a claim together, ms; whatever has not come until then is left out. */
export const COLLECT_DEADLINE_MS = 60_000

/** In place of what a machine could not be asked for. */
export const ABSENT = 'not-collected.txt'

/**
 * Asks every machine of a cluster for its state, and writes the answers beside its captures, in a folder for each
 * machine; with them the topology as it was booted. A machine that is off, frozen or does not answer in time gets a note
 * that says so, and its configuration as it was given when it was booted.
 *
 * @param deadline - of `performance.now()`, ms; what has come until then is kept
 * @throws NodeJS.ErrnoException when files cannot be written
 */
export async function collectEvidence(
  cluster: Pick<Cluster, 'nodes' | 'topology'>,
  directory: string,
  deadline: number,
): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'topology.json'), `${JSON.stringify(cluster.topology, null, 2)}\n`)
  const all = await Promise.allSettled(
    cluster.nodes.map((node) => collectFrom(node, join(directory, node.name), deadline)),
  )
  const failed = all.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
}

async function collectFrom(node: Node, folder: string, deadline: number): Promise<void> {
  const mark = `=====lvslab-${randomUUID()}`
  let missing = whyNot(node)
  for (const script of missing === undefined ? scriptsFor(node.spec, mark) : []) {
    const answer = await inTime(ask(node, script, deadline), deadline)
    if ('why' in answer) {
      missing = answer.why
      break
    }
    for (const { file, text } of answersIn(answer.text, mark)) await write(join(folder, file), text)
  }
  if (missing === undefined) return
  const note = `${node.name}: ${missing}\nIts console is ../${node.name}.console.log; configuration in files/ is as it was given.\n`
  await write(join(folder, ABSENT), note)
  for (const { guestPath, hostPath } of node.spec.files) {
    const given = await readFile(hostPath).catch(() => undefined)
    if (given) await write(join(folder, 'files', posix.join('/', guestPath)), given)
  }
}

function whyNot({ running, standstill }: Node): string | undefined {
  if (!running) return 'it does not run'
  return standstill === undefined ? undefined : `it ${standstillWords(standstill)}, and cannot be asked`
}

type Said = { readonly text: string } | { readonly why: string }

async function ask(node: Node, script: string, deadline: number): Promise<Said> {
  const timeoutMs = Math.max(1, Math.round(deadline - performance.now()))
  try {
    return { text: (await node.run(script, { timeoutMs })).stdout }
  } catch (error) {
    return { why: `no answer: ${messageOf(error)}` }
  }
}

/** Whoever does not even refuse is not waited for: what the agent of a hung machine is asked has time-outs of its own. */
async function inTime(answer: Promise<Said>, deadline: number): Promise<Said> {
  const timer = new AbortController()
  const late = pause(Math.max(0, deadline - performance.now()), undefined, { signal: timer.signal }).then((): Said => ({
    why: 'no answer in the time that there is for collecting',
  }))
  try {
    return await Promise.race([answer, late])
  } finally {
    late.catch(() => undefined)
    timer.abort()
  }
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}
