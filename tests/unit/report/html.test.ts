import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { renderHtml, writeReports } from '../../../src/report/index.ts'
import type { RunRecord } from '../../../src/run/record.ts'
import { LABEL_TROUBLE, launch, look, LOW_CONTRAST, OVERFLOW, VIEWS, withoutChromium } from './browser.ts'
import { hostileRun, natTopology, sampleRun } from './sample-run.ts'

const severalTopologies: RunRecord = { ...sampleRun, topologies: [...sampleRun.topologies, natTopology] }
const interrupted: RunRecord = { ...sampleRun, interrupted: true, claims: sampleRun.claims.slice(0, 3) }
const empty: RunRecord = { ...sampleRun, claims: [], topologies: [], phases: {}, verdict: 'skip', interrupted: true }

void t.test('every claim has its anchor, verdict in words, and the line that runs it again', async (t) => {
  const page = renderHtml(sampleRun)
  for (const claim of sampleRun.claims) {
    t.match(page, `id="${claim.id}"`)
    t.match(page, `npx lvslab run ${claim.id}<`)
  }
  t.match(page, '10 of 13 claims hold, 1 fails, 1 is inconclusive, 1 was skipped')
  t.match(page, 'a kernel booted with it printed nothing')
  t.match(page, 'href="./evidence/004-8/keepalived.data"')
})

void t.test('what is not a pass comes first in the index', async (t) => {
  const index = renderHtml(sampleRun).split('<table class="index">')[1]?.split('</table>')[0] ?? ''
  const order = [...index.matchAll(/href="#(004-\d+)"/g)].map((match) => match[1])
  t.strictSame(order.slice(0, 5), ['004-8', '004-9', '004-12', '004-1', '004-2'])
})

void t.test('markup out of a record is text', async (t) => {
  const page = renderHtml(hostileRun())
  t.equal(page.match(/<script/g)?.length, 1, 'the page’s own script is the only one')
  t.notMatch(page, /<img/)
  t.notMatch(page, /href="(?!#|\.\/)/, 'links lead into the page or beside it')
  t.notMatch(page, '\u001b', 'no control characters')
  t.notMatch(page, '\u202e', 'no bidirectional overrides')
  t.notMatch(page, /href="[^"]*\.\.\//, 'no link leaves the folder')
})

void t.test('two claims of one id have anchors of their own', async (t) => {
  const [first, second] = sampleRun.claims
  if (!first || !second) return t.fail('the sample has claims')
  const page = renderHtml({ ...sampleRun, claims: [first, { ...second, id: first.id }] })
  t.match(page, 'id="004-1"')
  t.match(page, 'id="004-1.2"')
})

void t.test('a timeline is a picture with its table and its blackout under it', async (t) => {
  const page = renderHtml(sampleRun)
  const figure = page.split('<figure class="timeline">').find((part) => part.includes('neighbour told')) ?? ''
  const table = figure.split('<table class="events">')[1]?.split('</table>')[0] ?? ''
  t.ok(figure.indexOf('<svg') < figure.indexOf('<table class="events">'))
  t.equal(table.match(/<tr>/g)?.length, 12, 'a row for the head and each of eleven events or bursts')
  t.match(table.replace(/\s+/g, ' '), /gratuitous ARP ×5 in 1\.1/)
  t.match(table, '<span class="who">node-1:eth1</span>')
  t.match(figure.replace(/\s/g, ' '), 'Blackout on the wire: 3.07 s')
})

void t.test('a run of no claims says so', async (t) => {
  t.match(renderHtml(empty), 'Interrupted before any claim was run')
  t.match(renderHtml({ ...empty, interrupted: false }), 'No claim was run')
})

void t.test('in Chromium', { skip: withoutChromium }, async (t) => {
  const browser = await launch()
  t.teardown(() => browser.close())
  const shots = process.env['LVSLAB_REPORT_SHOTS']
  const dir = t.testdir()
  const runs = { sample: sampleRun, several: severalTopologies, interrupted, empty, hostile: hostileRun() }
  for (const [name, run] of Object.entries(runs)) {
    const { html } = await writeReports(run, join(dir, name))
    for (const view of VIEWS) {
      const { page, complaints, requests } = await look(browser, html, view)
      const where = `${name} at ${view.width} px, ${view.colorScheme}`
      t.equal(await page.evaluate(OVERFLOW), 0, `${where}: no horizontal scroll`)
      t.strictSame(await page.evaluate(LABEL_TROUBLE), [], `${where}: no label on another`)
      t.strictSame(await page.evaluate(LOW_CONTRAST), [], `${where}: contrast 4.5:1 or more`)
      if (name === 'sample' && shots !== undefined) {
        await mkdir(shots, { recursive: true })
        await page.screenshot({ path: join(shots, `${view.width}-${view.colorScheme}.png`), fullPage: true })
      }
      await page.evaluate('document.querySelectorAll("details").forEach((details) => (details.open = true))')
      t.equal(await page.evaluate(OVERFLOW), 0, `${where}: no horizontal scroll with all tables open`)
      t.strictSame(complaints, [], `${where}: nothing on the console`)
      t.strictSame(requests, [], `${where}: nothing is fetched`)
      t.notMatch(await page.title(), 'owned')
      await page.close()
    }
  }
})

void t.test(
  'in Chromium the filter shows claims by verdict, and a link leads to a hidden one',
  { skip: withoutChromium },
  async (t) => {
    const browser = await launch()
    t.teardown(() => browser.close())
    const { html } = await writeReports(sampleRun, t.testdir())
    const { page } = await look(browser, html, { width: 1280, colorScheme: 'light' })
    t.equal(await page.locator('article:visible').count(), 13)
    await page.getByRole('button', { name: 'Failed' }).click()
    t.equal(await page.locator('article:visible').count(), 1)
    t.equal(await page.getByRole('button', { name: 'Failed' }).getAttribute('aria-pressed'), 'true')
    await page.evaluate('location.hash = "#004-5"')
    await page.locator('article[id="004-5"]').waitFor({ state: 'visible' })
    await page.close()

    const context = await browser.newContext({ javaScriptEnabled: false })
    const plain = await context.newPage()
    await plain.goto(`file://${html}`)
    t.equal(await plain.locator('article:visible').count(), 13, 'complete without JavaScript')
    t.equal(await plain.locator('#filter button').count(), 0)
  },
)
