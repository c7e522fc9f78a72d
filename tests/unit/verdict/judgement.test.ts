import t from 'tap'
import { judge } from '../../../src/verdict/index.ts'

const window = { minMs: 3608, maxMs: 3663 }
const exact = { uncertaintyMs: 0, fabricLateMs: 0, machineLateMs: 0 }

void t.test('a value in the window is inside, at both ends', async (t) => {
  t.equal(judge({ ...exact, valueMs: 3608 }, window), 'inside')
  t.equal(judge({ ...exact, valueMs: 3663 }, window), 'inside')
})

void t.test('too late and too early are both outside', async (t) => {
  t.equal(judge({ ...exact, valueMs: 3663.1 }, window), 'outside')
  t.equal(judge({ ...exact, valueMs: 3607.9 }, window), 'outside')
})

void t.test('a miss that the lateness of the machine explains is undecided, never inside', async (t) => {
  t.equal(judge({ ...exact, valueMs: 3700, machineLateMs: 40 }, window), 'undecided')
  t.equal(judge({ ...exact, valueMs: 3700, fabricLateMs: 40 }, window), 'undecided')
  t.equal(judge({ ...exact, valueMs: 3800, machineLateMs: 40 }, window), 'outside')
})

void t.test('a busy machine excuses nothing that came too early; a wrong stamp may', async (t) => {
  t.equal(judge({ ...exact, valueMs: 3500, machineLateMs: 5000 }, window), 'outside')
  t.equal(judge({ ...exact, valueMs: 3600, fabricLateMs: 10 }, window), 'undecided')
})

void t.test('a timer that began late may look too fast, by that much', async (t) => {
  t.equal(judge({ ...exact, valueMs: 3580, startLateMs: 40 }, window), 'undecided')
  t.equal(judge({ ...exact, valueMs: 3500, startLateMs: 40 }, window), 'outside')
  t.equal(judge({ ...exact, valueMs: 3700, startLateMs: 5000 }, window), 'outside')
})

void t.test('what is not known of the fault is allowed for, not more', async (t) => {
  t.equal(judge({ ...exact, valueMs: 3500, uncertaintyMs: 120 }, window), 'inside')
  t.equal(judge({ ...exact, valueMs: 3500, uncertaintyMs: 90 }, window), 'outside')
})

void t.test('lateness that can cause a miss of any size leaves it undecided; less of it does not', async (t) => {
  const miss = { ...exact, valueMs: 9000, decisiveMs: 390 }
  t.equal(judge({ ...miss, machineLateMs: 390 }, window), 'undecided')
  t.equal(judge({ ...miss, machineLateMs: 380 }, window), 'outside')
  t.equal(judge({ ...miss, valueMs: 3000, machineLateMs: 390 }, window), 'outside', 'nothing that came too early')
})
