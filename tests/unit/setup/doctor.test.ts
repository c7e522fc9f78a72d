import t from 'tap'
import { table } from '../../../src/cli/doctor.ts'
import { hostRecord, prettyName } from '../../../src/host/host-record.ts'
import type { HostRecord } from '../../../src/run/record.ts'

const checks = [
  { name: 'QEMU', ok: true, detail: '7.2.22' },
  { name: 'mmdebstrap', ok: false, detail: 'mmdebstrap is not installed', fix: 'apt-get install mmdebstrap' },
  { name: 'tshark', ok: false, optional: true, detail: 'tshark is not installed', fix: 'apt-get install tshark' },
] as const

void t.test('each check has a line, and what is not right the line that fixes it', async (t) => {
  t.equal(
    table(checks, false, false),
    [
      '✓ QEMU        7.2.22',
      '✗ mmdebstrap  mmdebstrap is not installed',
      '              do: apt-get install mmdebstrap',
      '! tshark      tshark is not installed',
      '              do: apt-get install tshark',
      '',
      '1 prerequisite is missing; "bash scripts/setup.sh" installs packages.',
    ].join('\n'),
  )
})

void t.test('colours are on the marks only', async (t) => {
  t.match(table(checks.slice(0, 1), true, true), /^\x1b\[32m✓\x1b\[39m QEMU {2}7\.2\.22\n\nThis host is ready\.$/)
})

void t.test('the host is described for the run record', async (t) => {
  const acceleration = { kind: 'tcg', reason: 'the host has no /dev/kvm' } as const
  const record: HostRecord = await hostRecord({ qemu: { version: '7.2.22' }, acceleration })
  t.match(record, { acceleration: 'tcg', accelerationReason: 'the host has no /dev/kvm', qemu: '7.2.22' })
  t.equal(record.node, process.versions.node)
  t.ok(record.cores >= 1 && record.memoryMiB > 100 && record.cpu !== '' && record.distribution !== 'unknown')
  t.notOk('accelerationReason' in (await hostRecord({ qemu: { version: '8.2.0' }, acceleration: { kind: 'kvm' } })))
})

void t.test("a distribution's name is read with quotes and without", async (t) => {
  t.equal(prettyName('NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'), 'Debian GNU/Linux 12 (bookworm)')
  t.equal(prettyName("PRETTY_NAME='Alpine Linux v3.20'\n"), 'Alpine Linux v3.20')
  t.equal(prettyName('PRETTY_NAME=Void\n'), 'Void')
  t.equal(prettyName('NAME=Void\n'), undefined)
})
