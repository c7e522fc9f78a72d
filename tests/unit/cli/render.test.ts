import t from 'tap'
import type { ClaimListing } from '../../../src/run/index.ts'
import { stripVTControlCharacters } from 'node:util'
import { statusSchema } from '../../../src/cli/control/status-schema.ts'
import { renderImages, type Entry } from '../../../src/cli/render/images.ts'
import { renderList } from '../../../src/cli/render/list.ts'
import { renderStatus } from '../../../src/cli/render/status.ts'
import { renderUp } from '../../../src/cli/render/up.ts'
import { ink, mayColor, widthOf } from '../../../src/cli/terminal/ink.ts'
import type { Look } from '../../../src/cli/terminal/output.ts'
import { ago, size, span } from '../../../src/cli/terminal/quantity.ts'
import { columnsOf, table, wrap } from '../../../src/cli/terminal/text.ts'
import { loadTopology } from '../../../src/topology/index.ts'
import { sample } from './sample-status.ts'

const look = (width: number, color = false): Look => ({ width, color, ink: ink(color) })
const topology = await loadTopology('dr-vrrp')

function widest(text: string): number {
  return Math.max(...text.split('\n').map(columnsOf))
}

void t.test('status says all that matters', async (t) => {
  const text = renderStatus(statusSchema.parse(sample), topology, look(120))
  t.match(text, /^dr-vrrp up 3 min 12 s$/m)
  t.match(text, /│ keepalived · off +│/)
  t.match(text, /│ node-1 · unplugged +│/)
  t.match(text, /│ ● VIP 192\.168\.88\.100 │/)
  t.match(text, /^VIP 192\.168\.88\.100 {2}on keepalived-backup {2}last advert 0\.4 s ago by keepalived-backup$/m)
  t.match(text, /^keepalived +off$/m)
  t.match(text, /^keepalived-backup +running +✓ keepalived +192\.168\.88\.9\/24 192\.168\.88\.100\/24$/m)
  t.match(text, /^node-1 +running +✗ nginx inactive +192\.168\.88\.10\/24 lo lacks 192\.168\.88\.100\/32$/m)
  t.match(text, /^node-2 +no answer +nothing within 3 s$/m)
  t.match(text, /^keepalived-backup: TCP 192\.168\.88\.100:80 wlc$/m)
  t.match(text, /^ {2}192\.168\.88\.10:80 {2}DR +3 +0 +2 +17 {2}node-1$/m)
  t.match(text, /^f1 +power-cut keepalived +12 s$/m)
})

void t.test('two owners, and none, stand out', async (t) => {
  const of = (owners: string[]): string =>
    renderStatus({ ...sample, vips: [{ address: '192.168.88.100', owners }] }, topology, look(100))
  t.match(of(['keepalived', 'keepalived-backup']), /on keepalived AND keepalived-backup {2}no advert was seen/)
  t.match(of([]), /on no node/)
})

void t.test('where nobody advertises, nothing is said about adverts, nor about who has the VIP', async (t) => {
  const alone = await loadTopology('dr-director')
  const one = { ...sample, vips: [{ address: '192.168.11.110', owners: ['dr'] }] }
  t.match(renderStatus(one, alone, look(100)), /^VIP 192\.168\.11\.110 {2}on dr$/m)
  const text = renderUp(one, alone, look(120), '/work')
  t.match(text, /^VIP 192\.168\.11\.110 {2}on dr$/m)
  t.match(text, /npx lvslab status.* what it does now$/m)
  t.match(text, 'npx lvslab fault stop-service real-server:nginx')
  const heartbeat = await loadTopology('nat-heartbeat')
  const [vip] = heartbeat.vips
  const moved = { ...sample, vips: [{ address: vip!.address, owners: [vip!.candidates[0]!] }] }
  t.notMatch(renderStatus(moved, heartbeat, look(100)), 'advert')
})

void t.test('it fits 80 columns, and has colours only when asked', async (t) => {
  for (const render of [
    (look: Look) => renderStatus(sample, topology, look),
    (look: Look) => renderUp(sample, topology, look, '/work'),
  ]) {
    t.ok(widest(render(look(80))) <= 80)
    t.notMatch(render(look(80)), '\u001b')
    const colored = render(look(80, true))
    t.match(colored, '\u001b[')
    t.equal(stripVTControlCharacters(colored), render(look(80)))
  }
})

void t.test('up says where the evidence goes and what to type next', async (t) => {
  const text = renderUp(sample, topology, look(120), '/work')
  t.match(text, 'reports/up-dr-vrrp-1/ (captures')
  t.match(text, 'ready     in 2.4 s from a snapshot; emulated (the host has no /dev/kvm)')
  t.match(text, /^ {2}npx lvslab exec client -- curl -s http:\/\/192\.168\.88\.100\/ {2}/m)
  const named = renderUp({ ...sample, name: 'two' }, topology, look(120), '/work')
  t.match(named, 'npx lvslab fault --cluster two power-cut master')
})

void t.test('list shows each claim under its topology', async (t) => {
  const claim = { topology: 'dr-vrrp', document: '004' }
  const long = 'the VIP moves to the backup within three advert intervals and a skew time of the last advert'
  const claims: ClaimListing[] = [
    {
      ...claim,
      id: '004-1',
      title: 'requests are shared by weight',
      negative: false,
      timed: false,
      records: ['timeline'],
    },
    { ...claim, id: '004-10', title: long, negative: true, timed: false, records: [] },
  ]
  const text = renderList([topology], claims, look(60))
  t.match(text, /^dr-vrrp {2}keepalived pair/)
  t.match(text, /^ {2}004-1 {3}requests are shared by weight \[timeline\]$/m)
  t.match(text, /^ {2}004-10 {2}\(negative\) the VIP moves/m)
  t.ok(widest(text) <= 60)
  t.match(renderList([topology], [], look(60)), 'no claims yet')
})

void t.test('what stands apart is listed under its group', async (t) => {
  const apart = ['a', 'b'].map((name) => ({ ...topology, name, group: 'regressions' as const }))
  const text = renderList([topology, ...apart], [], look(60))
  t.equal(text.match(/^regressions {2}/gm)?.length, 1, 'which is named once')
  t.match(text, /^dr-vrrp[\s\S]*^regressions {2}known regressions[\s\S]*^a {2}keepalived pair[\s\S]*^b {2}/m)
  t.ok(widest(text) <= 60)
})

void t.test('images', async (t) => {
  const now = Date.parse('2026-01-10T00:00:00Z')
  const manifest = {
    ...{ kind: 'kernel', key: 'k', label: 'kernel bookworm', builtAt: '2026-01-01T00:00:00Z', buildMs: 1 },
    facts: { release: '6.1.0-56' },
  }
  const entry = { manifest, bytes: 110_000_000, usedAt: new Date(now - 7_200_000), directory: '/c/kernel/k' }
  const text = renderImages([entry as unknown as Entry], '/c', look(80), now)
  t.match(text, /^kernel +110 MB +9 days ago +2 h ago +bookworm, release 6\.1\.0-56$/m)
  t.match(text, /^110 MB in \/c$/m)
})

void t.test('colours and width', async (t) => {
  t.equal(mayColor({ isTTY: true }, {}), true)
  t.equal(mayColor({ isTTY: true }, { NO_COLOR: '1' }), false)
  t.equal(mayColor({ isTTY: true }, { TERM: 'dumb' }), false)
  t.equal(mayColor({}, {}), false)
  t.equal(mayColor({}, { FORCE_COLOR: '1' }), true)
  t.equal(widthOf({ columns: 120 }, {}), 120)
  t.equal(widthOf({}, {}), 80)
  t.equal(widthOf({}, { COLUMNS: '100' }), 100)
})

void t.test('figures', async (t) => {
  t.same([420, 9_940, 9_960, 12_300, 192_400, 7_800_000, 3 * 86_400_000].map(span), [
    ...['0.4 s', '9.9 s', '10 s', '12 s', '3 min 12 s', '2 h 10 min', '3 days'],
  ])
  t.same([3_000, 300_000, 7_200_000, 9 * 86_400_000].map(ago), ['just now', '5 min ago', '2 h ago', '9 days ago'])
  t.same([0, 96_400, 243_000_000, 1_234_000_000].map(size), ['0 kB', '96 kB', '243 MB', '1.2 GB'])
})

void t.test('text', async (t) => {
  t.same(wrap('a bb ccc dddd', 6), ['a bb', 'ccc', 'dddd'])
  const rows = [
    ['a', '1', 'one two three four five'],
    ['bb', '22', 'x'],
  ]
  t.same(table(rows, { width: 24, right: [1] }), ['a    1  one two three', '        four five', 'bb  22  x'])
})
