import { execa } from 'execa'
import t from 'tap'
import { shellWord } from '../../src/shell-word.ts'

void t.test('a shell gives back what a word had in it', async (t) => {
  for (const text of [
    '',
    'a b',
    "it's",
    '$(id)',
    '`id`',
    '"',
    '\\',
    'two\nlines',
    '*',
    '~',
    '-x',
    '/var/log/a.log',
    'k=v',
  ]) {
    const { stdout } = await execa('sh', ['-c', `printf %s. ${shellWord(text)}`])
    t.equal(stdout, `${text}.`)
  }
})

void t.test('what needs no quotes has none', (t) => {
  t.equal(shellWord('--kernel=6.1.0-56'), '--kernel=6.1.0-56')
  t.equal(shellWord('nfs-01:/srv/web'), 'nfs-01:/srv/web')
  t.end()
})
