/** The shop's whole look. */
export const style = `
:root { --ink: #2d2a26; --quiet: #746d63; --line: #e4ddd2; --paper: #fbf8f3; --accent: #7a4b2f; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.6 Georgia, "Times New Roman", serif; }
a { color: inherit; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: #fff; padding: 8px; }
header { display: flex; flex-wrap: wrap; gap: 8px 28px; align-items: center; padding: 20px max(20px, calc(50vw - 560px)); border-bottom: 1px solid var(--line); }
header a { text-decoration: none; }
header a:hover { text-decoration: underline; text-underline-offset: 4px; }
.brand { font-size: 22px; letter-spacing: .02em; }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; }
.own { margin-left: auto; align-items: center; }
.own form { display: flex; gap: 12px; }
.cart b { display: inline-block; min-width: 24px; padding: 0 7px; border-radius: 12px; background: var(--accent); color: #fff; text-align: center; font-size: 14px; }
main { padding: 36px max(20px, calc(50vw - 560px)) 64px; }
h1 { font-weight: 400; font-size: clamp(28px, 4vw, 40px); line-height: 1.2; margin: 0 0 16px; }
h2 { font-weight: 400; margin: 48px 0 16px; }
.hero { padding: 24px 0 8px; max-width: 640px; }
.grid { list-style: none; margin: 0; padding: 0; display: grid; gap: 28px 20px; grid-template-columns: repeat(auto-fill, minmax(min(220px, 44%), 1fr)); }
.grid a { display: grid; gap: 4px; text-decoration: none; }
.grid a:hover span { text-decoration: underline; text-underline-offset: 4px; }
.picture { width: 100%; height: auto; border-radius: 4px; display: block; }
.product { display: grid; gap: 40px; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: start; }
.price { font-size: 24px; }
.quiet, footer { color: var(--quiet); font-size: 14px; }
.button { display: inline-block; border: 0; border-radius: 4px; background: var(--accent); color: #fff; padding: 12px 22px; font: inherit; text-decoration: none; cursor: pointer; }
.button:hover { filter: brightness(1.1); }
.link { border: 0; background: none; padding: 0; font: inherit; color: var(--accent); text-decoration: underline; cursor: pointer; }
table { width: 100%; border-collapse: collapse; margin: 0 0 24px; }
th, td { text-align: left; padding: 12px 8px 12px 0; border-bottom: 1px solid var(--line); font-weight: 400; }
.fields { display: grid; gap: 16px; max-width: 360px; justify-items: start; }
.fields label { display: grid; gap: 4px; width: 100%; }
.fields input { font: inherit; padding: 10px 12px; border: 1px solid #8d857a; border-radius: 4px; background: #fff; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
footer { border-top: 1px solid var(--line); padding: 20px max(20px, calc(50vw - 560px)) 40px; }
footer a { margin-right: 16px; }
@media (max-width: 640px) { .product { grid-template-columns: 1fr; gap: 20px; } .own { margin-left: 0; } }
`
