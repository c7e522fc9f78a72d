import t from 'tap'
import { answersIn } from '../../../../src/run/evidence/answers.ts'
import { ANSWER_LIMIT } from '../../../../src/run/evidence/questions.ts'

const MARK = '=====m'
const section = (name: string, text: string): string => `\n${MARK} ${name}\n${text}`

void t.test('sections become files, whole', async (t) => {
  const text = `noise${section('ip.txt', '### ip address\n1: lo\n')}${section('files/etc/a.conf', 'no newline')}`
  t.same(answersIn(text, MARK), [
    { file: 'ip.txt', text: '### ip address\n1: lo\n' },
    { file: 'files/etc/a.conf', text: 'no newline' },
  ])
})

void t.test("a name that leads out of the machine's folder does not", async (t) => {
  const [answer] = answersIn(section('files/../../../etc/passwd', 'x'), MARK)
  t.equal(answer?.file, 'etc/passwd')
  t.same(answersIn(section('..', 'x'), MARK), [])
})

void t.test('what is not whole says which part it is', async (t) => {
  const long = 'x'.repeat(ANSWER_LIMIT + 1)
  const [head, tail] = answersIn(section('ip.txt', long) + section('journal.txt', long), MARK)
  t.match(head?.text, /x\n\[lvslab: only the first \d+ bytes were kept\]\n$/)
  t.match(tail?.text, /^\[lvslab: only the last \d+ bytes were kept\]\nx/)
})
