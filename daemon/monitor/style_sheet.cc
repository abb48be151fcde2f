// SPDX-License-Identifier: MIT
#include "daemon/monitor/html.h"

namespace app {

std::string_view style_sheet() {
    return R"css(
:root { color-scheme: light dark; --fg: #1c2330; --dim: #5b6475; --bg: #f5f6f8; --card: #fff; --line: #d9dde4;
  --link: #0b57b7; --good: #1b7f4b; --warn: #9a6200; --bad: #b3261e;
  --s0: #1b7f4b; --s1: #3b82c4; --s2: #7a5cc2; --s3: #a9b2c0; --s4: #d9822b; --s5: #c0392b; }
@media (prefers-color-scheme: dark) {
  :root { --fg: #e6e9ef; --dim: #9aa4b5; --bg: #14171c; --card: #1d2128; --line: #333a45; --link: #7db4ff;
    --good: #4cc38a; --warn: #e0a33a; --bad: #ff7b72;
    --s0: #4cc38a; --s1: #6aaef0; --s2: #a58cf0; --s3: #5a6475; --s4: #e8a05a; --s5: #ef6a5e; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.45 system-ui, sans-serif; color: var(--fg); background: var(--bg); }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
header { display: flex; gap: .6rem; align-items: baseline; padding: .7rem 1rem; background: var(--card);
  border-bottom: 1px solid var(--line); }
header .home { font-weight: 700; font-size: 1.1rem; color: var(--fg); }
.version, .dim { color: var(--dim); }
nav { margin-left: auto; display: flex; gap: 1rem; }
main { max-width: 68rem; margin: 0 auto; padding: 0 1rem 3rem; }
h1 { font-size: 1.3rem; margin: 1.2rem 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
.health { padding: .6rem .9rem; border-radius: .5rem; border: 1px solid var(--line); background: var(--card);
  border-left: .4rem solid var(--good); margin-top: 1rem; }
.health.bad { border-left-color: var(--bad); }
.health.warn { border-left-color: var(--warn); }
.health ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem; margin: .8rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .7rem; }
.card b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .6rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .7rem; }
figcaption { font-weight: 600; }
svg { display: block; width: 100%; height: auto; }
svg text { font: 10px system-ui, sans-serif; fill: var(--dim); }
svg .axis { stroke: var(--line); stroke-width: 1; }
.s0 { fill: var(--s0); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); }
.s3 { fill: var(--s3); } .s4 { fill: var(--s4); } .s5 { fill: var(--s5); }
.legend { display: flex; flex-wrap: wrap; gap: .1rem .8rem; font-size: .85rem; color: var(--dim); }
.legend svg { display: inline-block; width: .7rem; height: .7rem; margin-right: .3rem; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
thead th { border-top: 0; font-size: .85rem; color: var(--dim); font-weight: 600; white-space: nowrap; }
td.nowrap { white-space: nowrap; }
table table { border: 0; } td > table td, td > table th { padding: .1rem .6rem .1rem 0; border: 0; }
th[scope=row] { font-weight: 500; color: var(--dim); white-space: nowrap; width: 1%; }
ul.plain { list-style: none; margin: 0; padding: 0; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: .9em/1.4 ui-monospace, monospace; }
.mode-enforce { color: var(--good); font-weight: 600; } .mode-testing { color: var(--warn); font-weight: 600; }
.error { color: var(--bad); }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
input, select, button { font: inherit; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .4rem;
  background: var(--card); color: var(--fg); }
input[type=search] { flex: 1 1 14rem; min-width: 0; }
.pager { display: flex; gap: 1rem; margin: .6rem 0; }
@media (max-width: 40rem) {
  table.wide thead { display: none; }
  table.wide tr { display: block; padding: .4rem 0; border-top: 1px solid var(--line); }
  table.wide td { display: flex; gap: .6rem; border: 0; padding: .1rem .7rem; white-space: normal; }
  table.wide td::before { content: attr(data-label); color: var(--dim); flex: 0 0 6rem; }
}
)css";
}

}  // namespace app
