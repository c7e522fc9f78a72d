import { PICTURE_STYLE } from './style-pictures.ts'
import { TOKENS } from './style-tokens.ts'

const BASE = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 16px; }
body { margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
code, .command, .tp-mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-size: 0.88em; }
a { color: var(--accent); text-underline-offset: 2px; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
h1, h2, h3, h4, p, ul, dl, dd, figure { margin: 0; padding: 0; }
h2 { font-size: 20px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; }
h3 { font-size: 17px; line-height: 1.35; font-weight: 600; }
h4, .small-heading { font-size: 13px; line-height: 1.5; font-weight: 600; }
ul { list-style: none; }
.page { max-width: 1144px; margin: 0 auto; padding: 20px 20px 48px; }
section { margin-top: 40px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 20px; margin-top: 14px;
  box-shadow: var(--shadow); }
.card.flush { padding: 4px 0; }
.muted { color: var(--muted); }
.small { font-size: 13px; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .inconclusive { color: var(--inconclusive); } .skip { color: var(--skip); }
.pre { white-space: pre-wrap; }
.num { text-align: right; white-space: nowrap; }
.detail { display: block; color: var(--muted); font-size: 13px; }
.lead { margin-top: 2px; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip-link { position: absolute; left: -9999px; }
.skip-link:focus { left: 12px; top: 12px; padding: 8px 12px; background: var(--surface); z-index: 1; }
.scroll { overflow-x: auto; max-width: 100%; }
[hidden] { display: none !important; }
.narrow, .narrow-cell { display: none; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
caption { text-align: left; font-weight: 600; font-size: 13px; padding: 10px 0 4px; }
th { text-align: left; font-weight: 600; }
th.num { text-align: right; }
th, td { padding: 7px 12px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { font-size: 12.5px; color: var(--muted); white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
/* In a box of its own that scrolls, words stay whole. */
.scroll table { overflow-wrap: normal; }
details { margin-top: 10px; }
details > p { margin-top: 10px; }
summary { cursor: pointer; color: var(--muted); font-size: 13px; width: fit-content; padding: 2px 4px 2px 0; }
summary:hover { color: var(--text); }
`

const HEADER = `
.brand { font-size: 14px; margin-bottom: 12px; }
.banner { display: flex; gap: 20px; align-items: flex-start; border-radius: 12px; padding: 22px 24px; color: var(--text);
  border: 1px solid var(--line); background: var(--skip-tint); }
.banner.pass { background: var(--pass-tint); } .banner.fail { background: var(--fail-tint); }
.banner.inconclusive { background: var(--inconclusive-tint); }
.banner-mark { flex: none; width: 48px; height: 48px; border-radius: 50%; display: grid; place-items: center; font-size: 25px;
  font-weight: 700; background: var(--surface); border: 2px solid currentColor; }
.banner.pass .banner-mark, .banner.pass .banner-verdict { color: var(--pass); }
.banner.fail .banner-mark, .banner.fail .banner-verdict { color: var(--fail); }
.banner.inconclusive .banner-mark, .banner.inconclusive .banner-verdict { color: var(--inconclusive); }
.banner.skip .banner-mark, .banner.skip .banner-verdict { color: var(--skip); }
.banner-text { flex: 1; min-width: 0; }
.banner-verdict { font-size: 12.5px; font-weight: 700; text-transform: uppercase; letter-spacing: 0.07em; }
h1 a { white-space: nowrap; }
h1 { text-wrap: balance; font-size: 25px; line-height: 1.25; font-weight: 650; letter-spacing: -0.015em; }
.interrupted { margin-top: 6px; font-weight: 600; }
.tally { display: flex; gap: 3px; height: 8px; margin-top: 16px; }
.tally span { border-radius: 2px; min-width: 4px; }
.tally .pass { background: var(--pass-solid); } .tally .fail { background: var(--fail-solid); }
.tally .inconclusive { background: var(--inconclusive-solid); } .tally .skip { background: var(--skip-solid); }
.facts dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 236px), 1fr)); gap: 16px 24px; }
dt { font-size: 12.5px; color: var(--muted); }
.times { display: grid; gap: 20px; }
.times .small-heading { font-weight: 400; color: var(--muted); }
.times .small-heading b { color: var(--text); font-size: 15px; margin-left: 4px; }
.stack-bar { display: flex; height: 14px; border-radius: 4px; overflow: hidden; margin: 6px 0 8px; background: var(--sunken); }
.stack-bar span + span { border-left: 1px solid var(--surface); }
.legend { display: flex; flex-wrap: wrap; gap: 3px 18px; font-size: 13px; }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
.p0 { background: var(--p0); } .p1 { background: var(--p1); } .p2 { background: var(--p2); } .p3 { background: var(--p3); }
.p4 { background: var(--p4); } .p5 { background: var(--p5); } .p6 { background: var(--p6); } .p7 { background: var(--p7); }
`

const CLAIMS = `
.heading-line { display: flex; flex-wrap: wrap; gap: 10px 20px; align-items: center; justify-content: space-between; }
.filter { display: flex; flex-wrap: wrap; gap: 6px; }
.filter button { font: inherit; font-size: 13px; color: var(--text); background: var(--surface); cursor: pointer;
  border: 1px solid var(--line-strong); border-radius: 999px; padding: 2px 11px; }
.filter button[aria-pressed="true"] { background: var(--text); color: var(--ground); border-color: var(--text); }
.index th, .index td { padding: 9px 12px 9px 0; }
.index tr > :first-child { padding-left: 20px; width: 1%; white-space: nowrap; }
.index tr > :nth-child(2) { width: 1%; }
.index .claim-id { display: block; width: max-content; max-width: 15ch; }
.index tr > :last-child { padding-right: 20px; width: 1%; }
.index tr > :nth-child(4) { width: 38%; }
.index tbody tr:hover { background: var(--sunken); }
.key-figure { font-size: 13.5px; }
.chip { display: inline-flex; gap: 5px; align-items: center; font-size: 12.5px; line-height: 1.45; font-weight: 650; white-space: nowrap;
  border-radius: 999px; padding: 1px 9px; border: 1px solid currentColor; }
.chip.pass { background: var(--pass-tint); } .chip.fail { background: var(--fail-tint); }
.chip.inconclusive { background: var(--inconclusive-tint); } .chip.skip { background: var(--skip-tint); }
.negative { display: inline-block; font-size: 12px; line-height: 1.4; color: var(--muted); border: 1px dashed var(--line-strong);
  border-radius: 4px; padding: 0 6px; white-space: nowrap; }
.claim-id { font-weight: 650; font-size: 14px; text-decoration: none; max-width: 100%; }
.claim-id:hover { text-decoration: underline; }
.cluster > h2 { display: block; }
.cluster-name { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.9em;
  background: var(--skip-tint); border-radius: 5px; padding: 1px 8px; margin-right: 4px; }
.cluster > h2 .muted { font-size: 14px; font-weight: 400; }
.notes ul, .callout ul { margin-top: 2px; }
.notes { margin-top: 14px; font-size: 14px; }
.notes li, .callout li { padding-left: 16px; position: relative; }
.notes li::before, .callout li::before { content: "•"; position: absolute; left: 2px; color: var(--muted); }
.claim { border-left-width: 4px; }
.claim.is-pass { border-left-color: var(--pass-solid); } .claim.is-fail { border-left-color: var(--fail-solid); }
.claim.is-inconclusive { border-left-color: var(--inconclusive-solid); } .claim.is-skip { border-left-color: var(--skip-solid); }
.claim:target { outline: 2px solid var(--accent); outline-offset: 2px; }
.claim-line { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; margin-bottom: 6px; }
.claim-time { margin-left: auto; font-size: 13px; }
.assertions { margin-top: 12px; display: grid; gap: 4px; }
.assertions li { display: flex; gap: 9px; }
.mark { flex: none; width: 1em; text-align: center; font-weight: 700; color: var(--pass); }
.undecided .mark { color: var(--inconclusive); } .not-ok .mark { color: var(--fail); } .not-ok > span:last-child { font-weight: 600; } .not-ok .detail { font-weight: 400; }
.callout { margin-top: 14px; border-left: 3px solid var(--line-strong); border-radius: 0 8px 8px 0; padding: 10px 14px;
  background: var(--skip-tint); color: var(--text); }
.callout.fail { background: var(--fail-tint); border-color: var(--fail-solid); } .callout.fail h4 { color: var(--fail); }
.callout.inconclusive { background: var(--inconclusive-tint); border-color: var(--inconclusive-solid); }
.callout.inconclusive h4 { color: var(--inconclusive); }
.callout.finding { background: var(--finding-tint); border-color: var(--finding); } .callout.finding h4 { color: var(--finding); }
.finding-list li { display: grid; grid-template-columns: 76px minmax(0, 1fr); gap: 4px 12px; padding: 10px 0;
  border-bottom: 1px solid var(--line); }
.finding-list li:first-child { padding-top: 0; } .finding-list li:last-child { border-bottom: 0; padding-bottom: 0; }
.claim > footer { margin-top: 16px; padding-top: 12px; border-top: 1px solid var(--line); font-size: 13px; display: grid; gap: 6px; }
dl.inline { display: flex; flex-wrap: wrap; gap: 2px 22px; }
dl.inline > div { display: flex; flex-wrap: wrap; gap: 0 6px; } dl.inline dt { font-size: inherit; }
dl.evidence > div { display: flex; flex-wrap: wrap; gap: 0 8px; } dl.evidence dt { font-size: inherit; }
dl.evidence dd { min-width: 0; }
.command { user-select: all; -webkit-user-select: all; background: var(--sunken); border: 1px solid var(--line); border-radius: 5px;
  padding: 1px 7px; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
.page-foot { margin-top: 44px; font-size: 13px; }
`

const SMALL = `
@media (max-width: 820px) {
  .wide, .wide-cell { display: none; }
  .narrow, .narrow-cell { display: block; }
  .narrow svg { max-width: 480px; margin: 0 auto; }
}
@media (max-width: 560px) {
  .page { padding: 14px 12px 40px; }
  .card { padding: 16px 14px; } .card.flush { padding: 2px 0; }
  section { margin-top: 32px; }
  .banner { padding: 16px; gap: 14px; } .banner-mark { width: 38px; height: 38px; font-size: 20px; }
  h1 { font-size: 20px; } h2 { font-size: 18px; } h3 { font-size: 16px; }
  .index th, .index td { padding-right: 10px; }
  .index tr > :first-child { padding-left: 14px; } .index tr > :last-child { padding-right: 14px; }
  .index .chip { font-size: 0; gap: 0; padding: 0; width: 22px; height: 22px; justify-content: center; }
  .index .chip span { font-size: 13px; }
  .index thead tr > :first-child { font-size: 0; }
  .finding-list li { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  body { background: none; font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .card { box-shadow: none; break-inside: avoid-page; } .filter, .skip-link { display: none; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`

/** The page's style sheet. */
export const STYLE = TOKENS + BASE + HEADER + CLAIMS + PICTURE_STYLE + SMALL
