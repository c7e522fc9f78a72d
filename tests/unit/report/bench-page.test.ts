import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { chartsOf } from '../../../src/report/bench/charts.ts'
import { renderBenchHtml } from '../../../src/report/bench/page.ts'
import { cellText } from '../../../src/report/bench/quantity.ts'
import { benchSchema } from '../../../src/report/bench/schema.ts'
import { renderBenchText } from '../../../src/report/bench/text.ts'
import { SECTIONS } from '../../../src/run/bench/record.ts'
import { launch, look, LOW_CONTRAST, OVERFLOW, VIEWS, withoutChromium } from './browser.ts'
import { sampleBench } from './sample-bench.ts'

t.setTimeout(0)

const record = sampleBench()

void t.test('the record is read back as it was written', async (t) => {
  const read: unknown = benchSchema.parse(JSON.parse(JSON.stringify(record)))
  t.strictSame(read, JSON.parse(JSON.stringify(record)))
})

void t.test('every figure has a picture and stands in a table', async (t) => {
  const page = renderBenchHtml(record)
  const text = renderBenchText(record, { width: 100, color: false })
  for (const section of SECTIONS) {
    const names = new Set(record.figures.filter((figure) => figure.section === section).map(({ name }) => name))
    const titles = chartsOf(record, section).map(({ title }) => title.toLowerCase())
    for (const name of names) {
      const drawn = titles.some((title) => title.includes(name.replace(/^latency p[\d.]+$/, 'latency').toLowerCase()))
      // One number has nothing to be drawn against.
      t.ok(drawn || name === 'memory per connection', `${section}: ${name} is drawn`)
      t.ok(page.toLowerCase().includes(name.toLowerCase().replaceAll("'", '&#39;')), `${name} is on the page`)
    }
  }
  for (const figure of record.figures) {
    // A column of which one is of seconds has all in seconds.
    const told = [1, 1 / 1000].some((factor) => text.includes(cellText(figure, factor)))
    t.ok(told, `${figure.section}, ${figure.variant}: ${figure.name} is told`)
  }
  t.ok(
    text.split('\n').every((line) => line.length <= 130),
    'the tables fit',
  )
  t.notMatch(page, /#0a0b/, 'no colour is left that is none of the style sheet’s')
  t.notMatch(page, /NaN|undefined|Infinity/)
})

void t.test('an unfriendly name is only text', async (t) => {
  const hostile = '"><script>alert(1)</script>'
  const figures = record.figures.map((figure) => ({ ...figure, variant: `${hostile} ${figure.variant}` }))
  const page = renderBenchHtml({ ...record, figures })
  t.notMatch(page, '<script')
})

void t.test('a record with nothing in it has a page', async (t) => {
  const page = renderBenchHtml({ ...record, figures: [], sections: [], noise: [] })
  t.match(page, /0 sections, 0 figures/)
})

void t.test('it fits phone and desk, light and dark', { skip: withoutChromium }, async (t) => {
  const path = join(t.testdir({}), 'bench.html')
  await writeFile(path, renderBenchHtml(record))
  const browser = await launch()
  t.teardown(() => browser.close())
  for (const view of VIEWS) {
    const { page, complaints, requests } = await look(browser, path, view)
    const name = `${view.width} px, ${view.colorScheme}`
    t.strictSame(complaints, [], name)
    t.strictSame(requests, [], name)
    t.equal(await page.evaluate(OVERFLOW), 0, `${name}: no horizontal scroll`)
    t.strictSame(await page.evaluate(LOW_CONTRAST), [], `${name}: contrast`)
    const without = 'document.querySelectorAll("svg:not([role=img][aria-label])").length'
    t.equal(await page.evaluate(without), 0, `${name}: every picture has its text`)
    await page.close()
  }
})
