/** Figure bars, timelines and cluster pictures. */
export const PICTURE_STYLE = `
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 14px; margin-top: 14px; }
.figure { background: var(--sunken); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; min-width: 0; }
.figure-head { display: flex; justify-content: space-between; gap: 14px; align-items: baseline; }
.figure-name { font-weight: 600; font-size: 14px; min-width: 0; }
.figure-value { font-size: 19px; line-height: 1.3; font-weight: 650; white-space: nowrap; max-width: 60%; overflow: hidden; text-overflow: ellipsis; }
.figure-verdict { font-size: 13px; font-weight: 600; }
.figure-source { font-size: 12.5px; line-height: 1.45; }
.figure-source > span { display: block; }
.bar { position: relative; height: 44px; margin: 10px 0 4px; font-size: 12px; }
.bar-track { position: absolute; left: 0; right: 0; top: 12px; height: 2px; background: var(--line-strong); }
.bar-band { position: absolute; top: 6px; height: 14px; min-width: 2px; background: var(--band);
  border: 0 solid var(--band-edge); border-width: 0 2px; }
.bar-band.open-left { border-left: 0; -webkit-mask-image: linear-gradient(to right, transparent, #000 26%); mask-image: linear-gradient(to right, transparent, #000 26%); }
.bar-band.open-right { border-right: 0; -webkit-mask-image: linear-gradient(to left, transparent, #000 26%); mask-image: linear-gradient(to left, transparent, #000 26%); }
.bar-mark { position: absolute; top: 1px; width: 4px; height: 24px; margin-left: -2px; border-radius: 2px; background: var(--text);
  box-shadow: 0 0 0 2px var(--sunken); }
.bar-dot { position: absolute; top: 9px; width: 8px; height: 8px; margin-left: -4px; border-radius: 50%; background: var(--text); opacity: .7; }
.bar-dot.out { background: var(--fail-solid); opacity: 1; }
.bar-mark.out { background: var(--fail-solid); }
.bar-end { position: absolute; top: 25px; color: var(--muted); white-space: nowrap; max-width: 26%; overflow: hidden; text-overflow: ellipsis; }
dl.plain { display: grid; gap: 8px; align-content: start; }
dl.plain > div { display: grid; grid-template-columns: minmax(35%, 1fr) fit-content(60%); gap: 0 14px; align-items: baseline; }
dl.plain > div + div { border-top: 1px solid var(--line); padding-top: 8px; }
dl.plain dt { color: var(--text); font-size: 14px; font-weight: 600; }
dl.plain dd { font-size: 16px; font-weight: 650; text-align: right; }
dl.plain dd.detail { grid-column: 1 / -1; font-size: 12.5px; font-weight: 400; text-align: left; }
figure.timeline { margin-top: 18px; }
.events { margin-top: 4px; } .events th, .events td { padding: 5px 12px 5px 0; }
.events tr > :last-child { width: 32%; padding-right: 0; } .events .detail { font-weight: 400; }
.events .who { display: block; }
.blackout { font-size: 14px; margin-top: 10px; }
figcaption { font-weight: 600; font-size: 14px; margin-bottom: 8px; }
svg { display: block; width: 100%; height: auto; overflow: hidden; font-variant-numeric: tabular-nums; }
svg text { fill: var(--text); }
svg text.tl-lane { font-weight: 600; }
svg .tl-note, svg text.tl-tick { fill: var(--muted); font-weight: 400; }
svg text.tl-tick { font-size: 11px; }
.tl-when { font-weight: 650; }
.tl-label { paint-order: stroke; stroke: var(--surface); stroke-width: 5px; stroke-linejoin: round; }
.tl-grid { stroke: var(--line); stroke-width: 1; }
.tl-axis { stroke: var(--line-strong); }
.tl-rail { stroke: var(--line-strong); stroke-width: 1; }
.tl-zero { stroke: var(--fail-solid); stroke-dasharray: 3 3; }
.tl-dot { fill: var(--line-strong); }
.tl-leader { fill: none; stroke: var(--line-strong); }
.tl-cross { stroke: var(--fail-solid); stroke-width: 3; stroke-linecap: round; }
.tl-ring { fill: var(--surface); stroke: var(--text); stroke-width: 2; }
.tl-disc { fill: var(--s0); } .tl-diamond { fill: var(--s2); } .tl-triangle { fill: var(--pass-solid); } .tl-square { fill: var(--muted); }
.tl-ok, .tl-error { fill: none; stroke-width: 1.5; }
.tl-error { stroke: var(--fail-solid); }
.tl-ok.s0 { stroke: var(--s0); } .tl-ok.s1 { stroke: var(--s1); } .tl-ok.s2 { stroke: var(--s2); }
.tl-ok.s3 { stroke: var(--s3); } .tl-ok.s4 { stroke: var(--s4); } .tl-ok.s5 { stroke: var(--s5); }
.tl-band { fill: var(--fail-tint); }
.tl-bracket { fill: none; stroke: var(--fail-solid); stroke-width: 1.5; }
svg text.tl-gap { fill: var(--fail); font-weight: 600; }
.narrow .tl-ok, .narrow .tl-error { stroke-width: 1; }
.tp-box { fill: var(--sunken); stroke: var(--line-strong); }
.tp-box.director { fill: var(--surface); stroke: var(--accent); stroke-width: 1.5; }
.tp-box.client { stroke-dasharray: 4 3; }
svg text.tp-name { font-size: 14px; font-weight: 650; }
svg .tp-role { font-size: 12px; font-weight: 400; fill: var(--muted); }
svg .tp-mono { font-size: 11.5px; font-weight: 400; }
svg text.tp-vip { font-size: 12px; font-weight: 600; fill: var(--accent); }
.tp-bus { stroke-width: 6; stroke-linecap: round; }
.tp-cable { stroke-width: 1.5; }
line.n0 { stroke: var(--s0); } line.n1 { stroke: var(--s3); } line.n2 { stroke: var(--s2); } line.n3 { stroke: var(--s1); }
.tp-plug { fill: var(--surface); stroke-width: 2; }
circle.n0 { stroke: var(--s0); } circle.n1 { stroke: var(--s3); } circle.n2 { stroke: var(--s2); } circle.n3 { stroke: var(--s1); }
figure.traffic { margin-top: 18px; }
figure.traffic .legend { margin-bottom: 6px; }
.swatch.tr-s0 { background: var(--s0); } .swatch.tr-s1 { background: var(--s1); } .swatch.tr-s2 { background: var(--s2); }
.swatch.tr-s3 { background: var(--s3); } .swatch.tr-s4 { background: var(--s4); } .swatch.tr-s5 { background: var(--s5); }
.swatch.tr-failed { background: var(--fail-solid); }
.swatch.tr-shade-swatch { background: var(--fail-tint); box-shadow: inset 0 0 0 1px var(--fail-solid); }
svg .tr-s0 { fill: var(--s0); } svg .tr-s1 { fill: var(--s1); } svg .tr-s2 { fill: var(--s2); }
svg .tr-s3 { fill: var(--s3); } svg .tr-s4 { fill: var(--s4); } svg .tr-s5 { fill: var(--s5); }
svg .tr-failed { fill: var(--fail-solid); }
.tr-shade { fill: var(--fail-tint); }
.tr-dots { stroke: var(--s0); stroke-width: 3; stroke-linecap: round; fill: none; }
.narrow .tr-dots { stroke-width: 2; }
`
