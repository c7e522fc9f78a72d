/** Rules of a night's page alone; every verdict has its word or mark besides its colour. */
export const NIGHT_STYLE = `
.night > header { margin-top: 8px; } .night > header p { margin-top: 4px; }
.night .card.scroll { padding: 0; }
.matrix { width: auto; min-width: 100%; }
.matrix th, .matrix td { padding: 8px 14px; border-right: 1px solid var(--line); }
.matrix tr > :last-child { border-right: 0; }
.matrix thead th { font-weight: 600; vertical-align: bottom; }
.matrix tbody th, .history tbody th { white-space: nowrap; position: sticky; left: 0; background: var(--surface); }
.matrix td { min-width: 118px; }
.matrix td.is-pass, .history td.is-pass { background: var(--pass-tint); }
.matrix td.is-fail, .history td.is-fail { background: var(--fail-tint); }
.matrix td.is-inconclusive, .history td.is-inconclusive { background: var(--inconclusive-tint); }
.matrix td.is-broken, .history td.is-broken { background: repeating-linear-gradient(135deg, var(--skip-tint) 0 8px,
  var(--surface) 8px 16px); }
.matrix td a { white-space: nowrap; }
.matrix td .detail { overflow-wrap: anywhere; max-width: 26ch; }
.changes { display: grid; gap: 7px; margin-top: 10px; }
.changes:first-child { margin-top: 0; }
.cell-id { color: var(--muted); }
.night-figures h3 { margin: 22px 0 0; }
.figure-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 540px), 1fr)); gap: 12px; margin-top: 10px; }
.figure-grid > div { min-width: 0; } .figure-wide { grid-column: 1 / -1; } .figure-grid .card { margin-top: 0; height: 100%; }
.figure-grid .matrix th, .figure-grid .matrix td { padding: 6px 9px; } .figure-grid .matrix td { min-width: 92px; }
.figure-grid + p { margin-top: 8px; font-size: 14px; }
.night-figures caption { padding: 9px 9px 4px; }
.night-figures .value { white-space: nowrap; }
.night-figures .is-out { font-weight: 650; color: var(--fail); }
.night-figures .moved { display: block; font-size: 13px; font-weight: 650; white-space: nowrap; }
.night-figures .moved .muted { display: block; font-weight: 400; }
.trend { width: 96px; height: 20px; display: block; margin-top: 3px; }
.trend polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; }
.trend circle { fill: var(--accent); }
.history th, .history td { padding: 5px 10px; white-space: nowrap; }
.history td { text-align: center; border-right: 1px solid var(--line); }
.history thead th { text-align: center; } .history thead th:first-child { text-align: left; }
.history tfoot th, .history tfoot td { border-bottom: 0; }
@media (max-width: 600px) {
  .matrix th, .matrix td { padding: 7px 8px; } .matrix td { min-width: 96px; }
  .matrix tbody th, .history tbody th { font-size: 12.5px; }
}
`
