// The style of the HTML page, light and dark. Data only; owned by report_html.cpp.
#pragma once

namespace planguild::bench {

inline constexpr const char* page_style = R"css(
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #1d1f23; --soft: #62666e; --rule: #dcd8cf; --faint: #ece9e1; --raised: #ffffff;
  --bad: #a3202c; --bad-paper: #fbecec; --good: #1f6b45;
  --c0: #0f5ea8; --c1: #c0392b; --c2: #1e7f5c; --c3: #7a4bb0; --c4: #b36b00; --c5: #0a7d8c; --c6: #a32a72; --c7: #666a70;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --ink: #e7e5df; --soft: #9a9ea7; --rule: #33373e; --faint: #24272d; --raised: #1b1e23;
    --bad: #ff8d8d; --bad-paper: #3a1d20; --good: #79cfa3;
    --c0: #6db3f2; --c1: #ff8a75; --c2: #62d3a4; --c3: #c3a1f5; --c4: #f0b355; --c5: #5fd0dd; --c6: #f28dc6; --c7: #b0b4bb;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, -apple-system,
  "Segoe UI", "Helvetica Neue", sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 4rem; }
.name { margin: 0; font-size: .8rem; letter-spacing: .12em; text-transform: uppercase; color: var(--soft); }
h1, h2 { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif; font-weight: 600;
  line-height: 1.2; text-wrap: balance; }
h1 { font-size: 2.5rem; letter-spacing: -.015em; margin: .4rem 0 .8rem; }
h2 { font-size: 1.45rem; margin: 0 0 1.1rem; }
.lede { margin: 0; color: var(--soft); max-width: 42rem; }
nav { margin: 2rem 0 0; padding: .9rem 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule);
  font-size: .9rem; columns: 2 20rem; column-gap: 2.5rem; }
nav a { display: block; break-inside: avoid; padding: .12rem 0; color: inherit; text-decoration: none;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
nav a:hover, nav a:focus-visible { color: var(--c0); text-decoration: underline; text-underline-offset: .2em; }
section { margin: 3.25rem 0; scroll-margin-top: 1rem; }
.findings ul, .breaches ul { list-style: none; margin: 0; padding: 0; }
.findings li { padding: .65rem 0; border-bottom: 1px solid var(--faint); max-width: 48rem; }
.findings li:last-child { border-bottom: 0; }
.findings strong { font-weight: 650; white-space: nowrap; }
.breaches { background: var(--bad-paper); border-left: 4px solid var(--bad); padding: 1.25rem 1.5rem; }
.breaches h2 { color: var(--bad); margin-bottom: .5rem; }
.clean { color: var(--good); }
figure { margin: 0 0 1.75rem; padding: 1.1rem 1.1rem .6rem; background: var(--raised); border: 1px solid var(--rule);
  border-radius: 6px; overflow-x: auto; }
figcaption { font-size: .92rem; font-weight: 600; margin: 0 0 .5rem; }
svg { display: block; width: 100%; min-width: 36rem; height: auto; font: 12px ui-sans-serif, system-ui, sans-serif; }
svg text { fill: var(--soft); }
svg .middle { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .axis-title { font-size: 12px; fill: var(--ink); }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .faint { stroke: var(--faint); }
svg .axis { stroke: var(--soft); stroke-width: 1; }
svg .curve { fill: none; stroke: currentColor; stroke-width: 2.25; stroke-linejoin: round; stroke-linecap: round; }
svg circle { fill: currentColor; stroke: var(--raised); stroke-width: 1.5; }
svg circle:hover { stroke: var(--ink); }
svg .leader { stroke: currentColor; stroke-width: 1; stroke-dasharray: 1.5 3; opacity: .7; }
svg .label { fill: currentColor; font-weight: 600; }
.s0 { color: var(--c0); } .s1 { color: var(--c1); } .s2 { color: var(--c2); } .s3 { color: var(--c3); }
.s4 { color: var(--c4); } .s5 { color: var(--c5); } .s6 { color: var(--c6); } .s7 { color: var(--c7); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; line-height: 1.4; }
th, td { padding: .42rem 1.1rem .42rem 0; text-align: left; vertical-align: top; }
th { font-weight: 600; color: var(--soft); border-bottom: 1.5px solid var(--ink); vertical-align: bottom; }
td { border-bottom: 1px solid var(--faint); }
th.number, td.number { text-align: right; white-space: nowrap; padding: .42rem 0 .42rem 1.1rem; }
th.number { white-space: normal; }
tbody tr:hover td { background: var(--faint); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.75rem; margin: 0; font-size: .9rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
footer { padding-top: .5rem; padding-bottom: 3.5rem; font-size: .85rem; color: var(--soft); }
@media (max-width: 40rem) { h1 { font-size: 1.9rem; } header { padding-top: 2.25rem; } }
@media print { figure, tr { break-inside: avoid; } nav { display: none; } }
)css";

}  // namespace planguild::bench
