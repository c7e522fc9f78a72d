/**
 * The page's only script: buttons that show claims by verdict. The page is complete without it. Plain text, because the
 * page's Content-Security-Policy names its hash and nothing else may run.
 */
export const SCRIPT = `(() => {
  const group = document.getElementById('filter')
  if (!group) return
  const marked = [...document.querySelectorAll('[data-verdict]')]
  const rows = marked.filter((element) => element.tagName === 'TR')
  const words = { all: 'All', fail: '✗ Failed', inconclusive: '? Inconclusive', skip: '– Skipped', pass: '✓ Passed' }
  const count = (verdict) => rows.filter((row) => verdict === 'all' || row.dataset.verdict === verdict).length
  const verdicts = Object.keys(words).filter((verdict) => count(verdict) > 0)
  if (verdicts.length < 3) return
  const show = (verdict) => {
    for (const element of marked) element.hidden = verdict !== 'all' && element.dataset.verdict !== verdict
    for (const button of group.children) button.setAttribute('aria-pressed', String(button.dataset.show === verdict))
  }
  for (const verdict of verdicts) {
    const button = document.createElement('button')
    button.type = 'button'
    button.dataset.show = verdict
    button.textContent = words[verdict] + ' ' + count(verdict)
    button.addEventListener('click', () => show(verdict))
    group.append(button)
  }
  show('all')
  // A link to a claim must lead to it, whatever is shown.
  window.addEventListener('hashchange', () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    if (target && target.closest('[hidden]')) { show('all'); target.scrollIntoView() }
  })
})()`
