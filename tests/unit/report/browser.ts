import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'

/** Why no page can be looked at here, or `false`: the value for a tap test's `skip`. */
export const withoutChromium: string | false = existsSync(CHROMIUM) ? false : `${CHROMIUM} is not installed`

export async function launch(): Promise<Browser> {
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', ...quiet]
  return chromium.launch({ executablePath: CHROMIUM, args })
}

export interface Look {
  readonly page: Page
  /** Console errors and warnings, uncaught exceptions, dialogs. */
  readonly complaints: string[]
  /** Requests other than the page's own file. */
  readonly requests: string[]
}

export interface View {
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
}

export const VIEWS: readonly View[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
]

export async function look(browser: Browser, path: string, view: View): Promise<Look> {
  const { width, colorScheme } = view
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
  const complaints: string[] = []
  const requests: string[] = []
  const url = pathToFileURL(path).href
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url())
  })
  await page.goto(url)
  return { page, complaints, requests }
}

/** Page functions are text: the compiler's helpers do not exist in the page. */
export const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'

/** Pairs of visible timeline texts that lie on each other, and texts that leave their picture. */
export const LABEL_TROUBLE = `(() => {
  const trouble = []
  for (const svg of document.querySelectorAll('figure.timeline svg')) {
    const frame = svg.getBoundingClientRect()
    if (frame.width === 0) continue
    const texts = [...svg.querySelectorAll('text:not(.tl-tick)')].map((text) => {
      const box = text.getBoundingClientRect()
      const title = text.querySelector('title')
      return { box, text: text.textContent.replace(title ? title.textContent : '', '').trim().replace(/\\s+/g, ' ') }
    })
    for (const [index, one] of texts.entries()) {
      if (one.box.left < frame.left - 1 || one.box.right > frame.right + 1) trouble.push('outside: ' + one.text)
      for (const other of texts.slice(index + 1)) {
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left)
        // Line boxes are taller than their letters: two pixels of them may touch.
        const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top)
        if (across > 0 && down > 3) trouble.push(one.text + ' | ' + other.text)
      }
    }
  }
  return trouble
})()`

/** Texts whose contrast with the ground they stand on is under 4.5:1 (WCAG 2.2, 1.4.3). */
export const LOW_CONTRAST = `(() => {
  const rgba = (css) => {
    const n = css.match(/[\\d.]+/g).map(Number)
    return { r: n[0], g: n[1], b: n[2], a: n[3] ?? 1 }
  }
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * x + 0.7152 * y + 0.0722 * z
  }
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor)
      if (color.a === 1) return color
    }
    return { r: 255, g: 255, b: 255 }
  }
  const low = new Set()
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue
    if (element.closest('title, script, style') || element.getClientRects().length === 0) continue
    const style = getComputedStyle(element)
    const ink = rgba(element.closest('svg') ? style.fill : style.color)
    const [a, b] = [light(ink), light(ground(element))]
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (ratio < 4.5) low.add(element.tagName + '.' + element.getAttribute('class') + ' ' + ratio.toFixed(2))
  }
  return [...low]
})()`
