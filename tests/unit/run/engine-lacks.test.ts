import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Lab } from '../../../src/cluster/index.ts'
import type { Capability } from '../../../src/engine/engine.ts'
import { ClaimContext } from '../../../src/run/claim-context.ts'
import { findClaim } from '../../../src/run/claim-session.ts'

/** A lab whose engine can do so much and no more; it has nothing to boot with. */
function labWith(capabilities: readonly Capability[]): Lab {
  return Object.create(Lab.prototype, {
    host: { value: { userland: { keepalived: '1:2.2.7-1+b2' } } },
    engineName: { value: 'capsule' },
    capabilities: { value: new Set(capabilities) },
  }) as Lab
}

void t.test('a claim whose fault the engine cannot inject is skipped, before a machine boots', async (t) => {
  const outDir = await mkdtemp(join(tmpdir(), 'lvslab-lacks-'))
  t.teardown(() => rm(outDir, { recursive: true, force: true }))
  const { claim, topology } = await findClaim('004-4')
  const context = (lab: Lab): ClaimContext =>
    new ClaimContext({ claim, topology, lab, outDir, folder: 'claims', attempt: 1, mode: undefined })

  const lacking = await context(labWith(['exec', 'cable'])).run(async (c) => {
    await c.boot({ faults: ['stop-service', 'panic'] })
    t.fail('it has booted')
  })
  t.match(lacking, {
    verdict: 'skip',
    code: 'LVSLAB_E_ENGINE_LACKS',
    reason: 'the capsule engine cannot do what this test asks for: it lacks panic, power',
    errorKind: undefined,
    bootMs: undefined,
  })

  const able = await context(labWith(['exec', 'cable', 'power', 'panic'])).run(async (c) => {
    await c.boot({ faults: ['stop-service', 'panic'] })
  })
  t.equal(able.verdict, 'fail', 'otherwise it goes on to boot, which this lab cannot')
  t.not(able.code, 'LVSLAB_E_ENGINE_LACKS')

  const unknown = await context(labWith(['exec'])).run(async (c) => void (await c.boot({ faults: ['earthquake'] })))
  t.match(unknown, { verdict: 'fail', code: 'LVSLAB_E_FAULT_UNKNOWN', errorKind: 'usage' })
})
