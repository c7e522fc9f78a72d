import t from 'tap'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { addExec } from '../../../src/cli/commands/exec.ts'
import { clusterName, seconds, shard, shardOf, wholeNumber } from '../../../src/cli/options.ts'
import { buildProgram } from '../../../src/cli/program.ts'

/** Parses, with the action of one command replaced: answers what it was given. */
function parse(argv: string[]): unknown[] {
  let given: unknown[] = []
  const program = buildProgram('1.2.3', () => undefined)
  for (const command of all(program)) {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    command.action((...args: unknown[]) => {
      given = args.slice(0, -1)
    })
  }
  program.parse(argv, { from: 'user' })
  return given
}

function all(command: Command): Command[] {
  return command.commands.flatMap((each) => (each.commands.length > 0 ? all(each) : [each]))
}

void t.test('a shard is one of so many', async (t) => {
  t.same(shard('2/5'), { index: 2, count: 5 })
  for (const wrong of ['0/5', '6/5', '5', '1/', 'a/b', '-1/2'])
    t.throws(() => shard(wrong), InvalidArgumentError, wrong)
})

void t.test('seconds become milliseconds', async (t) => {
  t.equal(seconds('1.5'), 1500)
  for (const wrong of ['0', '-1', 'x', '', '1e9']) t.throws(() => seconds(wrong), InvalidArgumentError, wrong)
})

void t.test('a count is whole and not too small', async (t) => {
  t.equal(wholeNumber(1)('20'), 20)
  for (const wrong of ['0', '1.5', '', 'x']) t.throws(() => wholeNumber(1)(wrong), InvalidArgumentError, wrong)
})

void t.test('a name cannot lead out of its folder', async (t) => {
  t.equal(clusterName('dr-vrrp.2'), 'dr-vrrp.2')
  for (const wrong of ['../x', '.hidden', 'a/b', '', 'x'.repeat(41)]) t.throws(() => clusterName(wrong), wrong)
})

void t.test('run has defaults, and takes every option', async (t) => {
  t.match(parse(['run']), [
    { length: 0 },
    { engine: 'vm', keep: 'never', repeat: 1, json: false, cold: false, tap: false },
  ])
  const long = 'run 004-4 dr-vrrp --kernel k --keepalived 2.3 --engine vagrant --keep failed --repeat 3 --shard 1/2'
  t.same(parse(`${long} --out o --json --cold --grep g --tap --reporter junit=j.xml --reporter github`.split(' ')), [
    ['004-4', 'dr-vrrp'],
    {
      ...{
        kernel: 'k',
        keepalived: '2.3',
        engine: 'vagrant',
        keep: 'failed',
        repeat: 3,
        shard: { index: 1, count: 2 },
      },
      ...{ out: 'o', json: true, cold: true, grep: 'g', tap: true },
      reporter: [{ name: 'junit', file: 'j.xml' }, { name: 'github' }],
    },
  ])
})

void t.test('what cannot be is refused', async (t) => {
  for (const argv of [
    'run --keep sometimes',
    'run --engine xen',
    'run --shard 3/2',
    'run --repeat 0',
    'run --reporter xunit',
    'up',
    'up a b',
  ]) {
    t.throws(() => parse(argv.split(' ')), CommanderError, argv)
  }
})

void t.test('exec leaves the options of the command alone', async (t) => {
  t.same(parse('exec client -- curl -s --timeout 3 http://x'.split(' ')), [
    'client',
    ['--', 'curl', '-s', '--timeout', '3', 'http://x'],
    { timeout: 60_000 },
  ])
  t.same(parse('exec --timeout 2 --cluster two client ls -l'.split(' ')), [
    'client',
    ['ls', '-l'],
    { timeout: 2000, cluster: 'two' },
  ])
})

void t.test('exec says where its options belong', async (t) => {
  const program = new Command().enablePositionalOptions().exitOverride()
  addExec(program, () => undefined)
  const run = program.parseAsync('exec client --timeout 2 -- ls'.split(' '), { from: 'user' })
  await t.rejects(run, { code: 'LVSLAB_E_EXEC', exitCode: 2 })
})

void t.test('a CI system says which part is this machine’s', async (t) => {
  t.same(shardOf({ CI_NODE_INDEX: '2', CI_NODE_TOTAL: '5' }), { index: 2, count: 5 }, 'GitLab counts from 1')
  t.same(shardOf({ CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '4' }), { index: 1, count: 4 })
  t.same(shardOf({ BUILDKITE_PARALLEL_JOB: '3', BUILDKITE_PARALLEL_JOB_COUNT: '4' }), { index: 4, count: 4 })
  t.same(shardOf({ JOB_COMPLETION_INDEX: '1', LVSLAB_SHARDS: '3' }), { index: 2, count: 3 })
  for (const env of [
    {},
    { CI_NODE_TOTAL: '1' },
    { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '1' },
    { JOB_COMPLETION_INDEX: '0' },
    { CIRCLE_NODE_INDEX: '', CIRCLE_NODE_TOTAL: '4' },
  ])
    t.equal(shardOf(env), undefined, JSON.stringify(env))
  for (const env of [
    { CI_NODE_INDEX: '6', CI_NODE_TOTAL: '5' },
    { CI_NODE_INDEX: '0', CI_NODE_TOTAL: '5' },
    { JOB_COMPLETION_INDEX: '1' },
  ])
    t.throws(() => shardOf(env), { code: 'LVSLAB_E_SHARD' }, JSON.stringify(env))
})
