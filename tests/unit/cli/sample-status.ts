import type { Status } from '../../../src/cli/control/status-schema.ts'

const service = {
  ...{ protocol: 'TCP', address: '192.168.88.100', port: 80, scheduler: 'wlc', flags: '' },
  realServers: [
    {
      ...{ address: '192.168.88.10', port: 80, node: 'node-1', forwarding: 'DR', weight: 3 },
      ...{ activeConnections: 0, inactiveConnections: 2, connections: 17 },
    },
  ],
}

/** dr-vrrp with its master off, a cable out and a real server that lost the VIP on lo. */
export const sample: Status = {
  schema: 'lvslab.status/1',
  ...{ name: 'dr-vrrp', topology: 'dr-vrrp', title: 'keepalived pair', folder: '/t', pid: 7 },
  ...{ startedAt: '2026-01-02T03:04:05.000Z', upMs: 192_400, evidence: '/work/reports/up-dr-vrrp-1' },
  boot: { mode: 'snapshot', ms: 2430 },
  host: { acceleration: 'tcg', reason: 'the host has no /dev/kvm', kernel: '6.1.0-56', keepalived: '1:2.2.7' },
  nodes: [
    { name: 'client', roles: ['client'], state: 'running', addresses: { eth1: ['192.168.88.2/24'] }, services: [] },
    { name: 'keepalived', roles: ['director'], state: 'off', addresses: {}, services: [] },
    {
      ...{ name: 'keepalived-backup', roles: ['director'], state: 'running' },
      addresses: { lo: ['127.0.0.1/8'], eth1: ['192.168.88.9/24', '192.168.88.100/24'] },
      services: [{ unit: 'keepalived', active: true }],
    },
    {
      ...{ name: 'node-1', roles: ['real-server', 'web'], state: 'running' },
      addresses: { lo: ['127.0.0.1/8'], eth1: ['192.168.88.10/24'] },
      services: [{ unit: 'nginx', active: false }],
    },
    {
      ...{ name: 'node-2', roles: ['real-server', 'web'], state: 'no answer', reason: 'nothing within 3 s' },
      ...{ addresses: {}, services: [] },
    },
  ],
  vips: [
    {
      ...{ address: '192.168.88.100', owners: ['keepalived-backup'] },
      ...{ ownerByWire: 'keepalived-backup', lastAdvertAgoMs: 420 },
    },
  ],
  tables: [{ node: 'keepalived-backup', services: [service] }],
  faults: [
    { id: 'f1', kind: 'power-cut', target: 'keepalived', at: '2026-01-02T03:07:00.000Z', agoMs: 12_300 },
    { id: 'f2', kind: 'unplug', target: 'node-1:eth1', at: '2026-01-02T03:07:02.000Z', agoMs: 9_900 },
  ],
  unplugged: ['node-1:eth1'],
  captures: [{ network: 'lan', path: '/work/reports/up-dr-vrrp-1/lan.pcapng' }],
}
