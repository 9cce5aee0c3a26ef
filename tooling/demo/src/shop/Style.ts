/** The shop's only style sheet. One accent, system fonts, a 4 px grid; it holds from 320 px up. */
export const style = `
:root { --ink: #2b2620; --soft: #6d6357; --paper: #fbf8f2; --card: #fffdf9; --line: #e6ddcf; --accent: #7a3e2b; --accent-dark: #5e2e1f; --leaf: #4f6b4a; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", "Open Sans", sans-serif; }
h1, h2, h3, .brand { font-family: Georgia, "Iowan Old Style", "Noto Serif", serif; font-weight: 500; line-height: 1.2; letter-spacing: -0.01em; }
h1 { font-size: clamp(28px, 5vw, 44px); margin: 0 0 12px; text-wrap: balance; }
h2 { font-size: 24px; margin: 0 0 16px; }
h3 { font-size: 17px; margin: 0; }
p { margin: 0 0 16px; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 16px; top: 8px; background: var(--card); padding: 8px 12px; z-index: 2; }
.wrap { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
.notice { background: var(--leaf); color: #fff; text-align: center; font-size: 14px; padding: 6px 20px; }
header.top { border-bottom: 1px solid var(--line); background: var(--card); }
header.top .wrap { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 28px; padding-top: 14px; padding-bottom: 14px; }
.brand { font-size: 28px; text-decoration: none; margin-right: auto; }
.brand small { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; } nav a { text-decoration: none; padding: 6px 0; border-bottom: 2px solid transparent; }
nav a:hover, nav a[aria-current] { border-color: var(--accent); }
.basket { white-space: nowrap; } .basket b { display: inline-block; min-width: 24px; padding: 0 7px; border-radius: 12px; background: var(--accent); color: #fff; text-align: center; font-size: 14px; }
main { padding: 40px 0 72px; }
.lead { color: var(--soft); font-size: 18px; max-width: 60ch; }
.hero { display: grid; grid-template-columns: 1.1fr 1fr; gap: 48px; align-items: center; margin-bottom: 64px; }
.hero .frame { border-radius: 16px; overflow: hidden; display: grid; grid-template-columns: 1fr 1fr; }
.picture { display: block; width: 100%; height: auto; aspect-ratio: 1; }
.shelf { margin-bottom: 56px; } .shelf header { display: flex; align-items: baseline; justify-content: space-between; gap: 16px; }
.grid { display: grid; grid-template-columns: repeat(4, 1fr); gap: 28px 24px; list-style: none; margin: 0; padding: 0; }
.tile { text-decoration: none; display: block; } .tile .picture { border-radius: 12px; margin-bottom: 12px; transition: transform 0.15s; } .tile:hover .picture { transform: translateY(-3px); } .tile:hover h3 { text-decoration: underline; text-underline-offset: 3px; }
.tile span { color: var(--soft); font-variant-numeric: tabular-nums; }
.button { display: inline-block; border: 0; border-radius: 8px; background: var(--accent); color: #fff; font: inherit; font-weight: 600; padding: 12px 24px; text-decoration: none; cursor: pointer; } .button:hover { background: var(--accent-dark); }
.quiet { background: none; border: 0; color: var(--soft); font: inherit; font-size: 14px; text-decoration: underline; text-underline-offset: 3px; cursor: pointer; padding: 8px 0; } .quiet:hover { color: var(--ink); }
.product { display: grid; grid-template-columns: 1fr 1fr; gap: 56px; align-items: start; } .product .picture { border-radius: 16px; }
.price { font-size: 26px; font-variant-numeric: tabular-nums; margin: 20px 0; } .facts { color: var(--soft); border-top: 1px solid var(--line); padding-top: 16px; margin-top: 28px; font-size: 15px; }
.crumbs { color: var(--soft); font-size: 14px; margin-bottom: 20px; }
.row { display: flex; flex-wrap: wrap; gap: 12px; align-items: end; }
label { display: block; font-size: 14px; color: var(--soft); margin-bottom: 16px; } input, select { display: block; width: 100%; margin-top: 4px; padding: 11px 12px; font: inherit; color: var(--ink); background: var(--card); border: 1px solid #b9ad9b; border-radius: 8px; } .count { width: 88px; margin: 0; }
.lines { width: 100%; border-collapse: collapse; } .lines td { border-top: 1px solid var(--line); padding: 16px 12px 16px 0; vertical-align: middle; } .lines .picture { width: 84px; border-radius: 8px; } .money { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.split { display: grid; grid-template-columns: 1.7fr 1fr; gap: 48px; align-items: start; } .panel { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px; }
.sums { width: 100%; margin-bottom: 20px; } .sums td { padding: 5px 0; } .sums tr:last-child td { border-top: 1px solid var(--line); padding-top: 12px; font-weight: 600; font-size: 18px; }
.narrow { max-width: 440px; margin: 0 auto; } .two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 16px; } .wrong { border-left: 4px solid var(--accent); background: #f7e9e2; padding: 10px 14px; margin-bottom: 20px; } .good { color: var(--leaf); font-weight: 600; }
.hint { color: var(--soft); font-size: 14px; } .number { font-size: 22px; font-family: ui-monospace, "SF Mono", Consolas, monospace; }
footer { border-top: 1px solid var(--line); color: var(--soft); font-size: 14px; padding: 28px 0 40px; } footer .wrap { display: flex; flex-wrap: wrap; gap: 8px 32px; justify-content: space-between; } footer p { margin: 0; max-width: 64ch; }
@media (max-width: 900px) { .grid { grid-template-columns: repeat(3, 1fr); } .hero, .product, .split { grid-template-columns: 1fr; gap: 32px; } }
@media (max-width: 620px) { main { padding: 28px 0 48px; } .wrap { padding: 0 16px; } .grid { grid-template-columns: 1fr 1fr; gap: 24px 16px; } header.top .wrap { gap: 4px 16px; } nav { order: 3; width: 100%; justify-content: space-between; } .two { grid-template-columns: 1fr; } .lines td { padding: 12px 8px 12px 0; } .lines .picture { width: 60px; } .lines tr { display: grid; grid-template-columns: 68px 1fr auto; border-top: 1px solid var(--line); } .lines td { border: 0; } .lines .amount { grid-column: 2 / 4; padding-top: 0; } .lines .money { grid-column: 3; grid-row: 1; } }
@media (prefers-reduced-motion: reduce) { .tile .picture { transition: none; } }
`
