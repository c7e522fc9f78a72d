import { relative } from 'node:path'
import type { Topology } from '../../topology/index.ts'
import type { Status } from '../control/status-schema.ts'
import type { Look } from '../terminal/output.ts'
import { span } from '../terminal/quantity.ts'
import { table } from '../terminal/text.ts'
import { drawing, vipLines } from './status.ts'

/** What `lvslab up` says when a cluster is ready. */
export function renderUp(status: Status, topology: Topology, look: Look, cwd: string): string {
  const { ink, width } = look
  const { host, boot } = status
  const how =
    host.acceleration === 'kvm' ? 'KVM' : `emulated${host.reason === undefined ? '' : ` (${phrase(host.reason)})`}`
  const facts = [
    ['ready', `in ${span(boot.ms)} from ${boot.mode === 'cold' ? 'cold disks' : `a ${boot.mode}`}; ${how}`],
    ['runs', `kernel ${host.kernel}, keepalived ${host.keepalived}`],
    ['evidence', `${shortest(status.evidence, cwd)}/ (captures, consoles, log)`],
  ].map(([label = '', text = '']) => [ink.dim(label), text])
  return [
    `${ink.bold(status.name)} ${ink.dim(status.title)}`,
    '',
    drawing(status, topology, look),
    '',
    ...vipLines(status, topology, look),
    ...table(facts, { width }),
    '',
    ...nextLines(status, topology, look),
  ].join('\n')
}

/** What to type next. */
function nextLines({ name, topology: topologyName }: Status, topology: Topology, { ink, width }: Look): string[] {
  const service = topology.virtualServices[0]
  const url = service && `http://${service.address}${service.port === 80 ? '' : `:${service.port}`}/`
  const which = name === topologyName ? '' : ` --cluster ${name}`
  const moves = topology.vips.some(({ candidates }) => candidates.length > 1)
  const commands: [string, string][] = [
    ['status', moves ? 'who has the VIP' : 'what it does now'],
    ...(url === undefined ? [] : [[`exec client -- curl -s ${url}`, 'ask the cluster'] as [string, string]]),
    ['shell client', 'a terminal in it'],
    moves ? ['fault power-cut master', 'break it'] : ['fault stop-service real-server:nginx', 'break it'],
    ['heal', 'mend it'],
    ['down', 'take all down'],
  ]
  const rows = commands.map(([command, what]) => {
    const [verb = '', ...rest] = command.split(' ')
    return [ink.name(`npx lvslab ${[`${verb}${which}`, ...rest].join(' ')}`), ink.dim(what)]
  })
  return table(rows, { width, indent: 2 })
}

/** The beginning of a reason: what QEMU itself said comes after a colon, and is for "doctor". */
function phrase(reason: string): string {
  return (reason.split(': ')[0] ?? reason).replace(/\s+/g, ' ').trim()
}

/** Relative to where the reader stands, when that is below. */
export function shortest(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}
