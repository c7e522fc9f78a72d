import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Test } from 'tap'
import { TopologyError } from '../../../src/topology/problem.ts'
import { loadTopology } from '../../../src/topology/load.ts'

/** A small, valid cluster on two networks, for tests to spoil. */
export const VALID = `name: small
title: two networks, one director
networks:
  outside: { cidr: 192.168.2.0/24 }
  inside: { cidr: 10.10.10.0/24, kind: hub }
nodes:
  client:
    roles: [client]
    interfaces: { eth0: { network: outside, address: 192.168.2.21/24 } }
  director:
    roles: [director]
    interfaces:
      eth0: { network: outside, address: 192.168.2.1/24 }
      eth1: { network: inside, address: 10.10.10.1/24 }
    files: { /etc/keepalived/keepalived.conf: keepalived.conf }
  server:
    roles: [real-server, web]
    gateway: 10.10.10.1
    interfaces: { eth0: { network: inside, address: 10.10.10.11/24 } }
vips:
  - { address: 192.168.2.11/24, network: outside, interface: eth0, candidates: [director] }
virtual-services:
  - address: 192.168.2.11:80
    scheduler: rr
    forwarding: NAT
    real-servers: [{ node: server, address: 10.10.10.11:80, weight: 2 }]
`

/** Writes a topology into a folder of its own, with an empty keepalived.conf beside it. */
export async function topologyFolder(t: Test, text: string): Promise<string> {
  const folder = path.join(t.testdir({}), 'topology')
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'topology.yaml'), text)
  await writeFile(path.join(folder, 'keepalived.conf'), '')
  return folder
}

/** What {@link VALID} is accused of after `from` was replaced by `to`: "line:column CODE message". */
export async function mistakes(t: Test, from: string, to: string): Promise<string[]> {
  if (!VALID.includes(from)) throw new Error(`the fixture has no "${from}"`)
  return mistakesOf(t, VALID.replace(from, to))
}

export async function mistakesOf(t: Test, text: string): Promise<string[]> {
  try {
    await loadTopology(await topologyFolder(t, text))
    return []
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error
    return error.problems.map(
      ({ at, code, message }) => `${at.line}:${at.column} ${code.replace('LVSLAB_E_TOPOLOGY_', '')} ${message}`,
    )
  }
}
