import t, { type Test } from 'tap'
import { Tmux } from '../../harness/cli/tmux.ts'

const SCRIPT = 'node --import tsx tests/unit/run/support/fake-run.ts'
const skip = Tmux.missing()

// Each wait has a deadline of its own that says what was on the screen.
t.setTimeout(0)
t.jobs = 5

/** A test that does little but wait for what a terminal of its own shows: beside the others. */
function atTerminal(name: string, body: (t: Test) => Promise<void>): void {
  void t.test(name, { skip, timeout: 0, buffered: true }, body)
}

for (const columns of [80, 120]) {
  atTerminal(`a run of eight claims at ${columns} columns`, async (t) => {
    using tmux = await Tmux.start(columns, 30)
    tmux.type(`clear; env -u CI NO_COLOR=1 ${SCRIPT} 400`)
    // One look: a moment later another claim may run.
    await tmux.until(/ [0-3] of 8 claims.*, about .* to go[^]*1 dr-vrrp 004-\d waiting at most 1\d s for an advert/)
    await tmux.until(/✓ 004-4/)
    await tmux.until(/the summary\nended 0\nhere\$ $/)
    const lines = tmux.screen().split('\n')
    t.equal(lines.filter((line) => / 004-\d /.test(line)).length, 8, 'a line per claim, and nothing live is left')
    t.ok(lines.every((line) => [...line].length <= columns))
    t.notMatch(tmux.screen(), 'of 8 claims')
  })
}

atTerminal('a terminal that becomes narrower and wider', async (t) => {
  using tmux = await Tmux.start(120, 30)
  tmux.type(`clear; env -u CI ${SCRIPT} 600`)
  await tmux.until(/ of 8 claims[^]*2 dr-vrrp/)
  tmux.resize(60, 30)
  await tmux.until(/✓ 004-1/)
  tmux.resize(110, 30)
  await tmux.until(/✓ 004-4/)
  const heads = tmux.screen().match(/of 8 claims/g) ?? []
  t.ok(heads.length <= 1, 'the block is on the screen once')
  await tmux.until(/the summary/)
  t.notMatch(tmux.screen(), 'of 8 claims')
})

for (const [name, argument] of Object.entries({ 'nobody minds': '', 'the run minds': 'handler' })) {
  atTerminal(`Ctrl-C, which ${name}, leaves nothing half drawn`, async (t) => {
    using tmux = await Tmux.start(80, 24)
    tmux.type(`clear; env -u CI ${SCRIPT} 700 ${argument}`)
    await tmux.until(/of 8 claims[^]*1 dr-vrrp/)
    tmux.key('C-c')
    await tmux.until(/here\$ $/)
    t.notMatch(tmux.screen(), /of 8 claims|booting/)
    if (argument !== '') t.match(tmux.screen(), /interrupted\nended 130\nhere\$ $/)
  })
}
