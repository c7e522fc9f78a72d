import { execFileSync } from 'node:child_process'
import t from 'tap'
import { compareVersions, upstreamVersion } from '../../../src/image/debian-version.ts'

const inOrder = [
  '1:2.1.5-0.2+deb11u1',
  '1:2.2.7-1',
  '1:2.2.7-1+b2',
  '1:2.2.7-1.1',
  '1:2.3.3-1~bpo12+1',
  '1:2.3.3-1',
  '1:2.3.10-1',
  '2:1.0',
]

void t.test('versions are ordered as Debian orders them', async (t) => {
  for (const [index, version] of inOrder.entries()) {
    t.equal(compareVersions(version, version), 0)
    for (const later of inOrder.slice(index + 1)) {
      t.ok(compareVersions(version, later) < 0, `${version} < ${later}`)
      t.ok(compareVersions(later, version) > 0, `${later} > ${version}`)
    }
  }
})

void t.test('and as dpkg does', { skip: !dpkgIsThere() && 'dpkg is not there' }, async (t) => {
  const some = [
    '6.1.0-56',
    '6.12.107-1~deb12u1',
    '6.12.107-1',
    '6.1.192-2',
    '7.2.13-1',
    '7.3~rc2-1~exp1',
    '1.0a',
    '1.0+',
    '1.0',
    '1.0~',
    '0:1.0',
    '1.0-0',
    '1.00',
    '1.0.0',
    'a',
    '',
  ]
  for (const a of some) {
    for (const b of some) {
      if (a === '' || b === '' || a === 'a' || b === 'a') continue
      const ours = Math.sign(compareVersions(a, b))
      t.equal(ours, byDpkg(a, b), `${a} and ${b}`)
    }
  }
})

void t.test("the upstream's version has neither epoch nor revision", async (t) => {
  t.equal(upstreamVersion('1:2.2.7-1+b2'), '2.2.7')
  t.equal(upstreamVersion('2.3.3'), '2.3.3')
})

function byDpkg(a: string, b: string): number {
  const is = (relation: string): boolean => {
    try {
      execFileSync('dpkg', ['--compare-versions', a, relation, b])
      return true
    } catch {
      return false
    }
  }
  return is('lt') ? -1 : is('gt') ? 1 : 0
}

function dpkgIsThere(): boolean {
  try {
    execFileSync('dpkg', ['--version'])
    return true
  } catch {
    return false
  }
}
