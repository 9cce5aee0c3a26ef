import type { Category, Product } from "../Catalogue.ts"
import { type Html, html, trusted } from "./Html.ts"

/** A quiet picture of a product, drawn from its ID: no photograph to ship, and no two alike. */
export const of = (product: Product): Html => {
  const seed = [...product.id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)
  const [ground, body, detail] = palettes[seed % palettes.length] ?? palettes[0]
  return html`<svg viewBox="0 0 200 200" role="img" aria-label="${product.name}" class="picture">
    <rect width="200" height="200" fill="${ground}" />
    <ellipse cx="100" cy="165" rx="62" ry="9" fill="${detail}" opacity=".25" />
    ${trusted(shapes[product.category](body, detail, seed))}
  </svg>`
}

const palettes = [
  ["#efe7da", "#8a9a7b", "#3f4a3a"],
  ["#e9e4dc", "#b5764f", "#5b3a29"],
  ["#e3e7e3", "#5d7a83", "#2c3f46"],
  ["#f1e6df", "#c59a8b", "#6b463c"],
  ["#ece8d9", "#c2a64f", "#5f5121"],
  ["#e5e3ea", "#857a9b", "#403a52"]
] as const

const shapes: Record<Category, (body: string, detail: string, seed: number) => string> = {
  herbata: (body, detail, seed) => `
    <rect x="64" y="58" width="72" height="106" rx="8" fill="${body}" />
    <rect x="64" y="48" width="72" height="20" rx="6" fill="${detail}" />
    <rect x="74" y="${88 + (seed % 3) * 6}" width="52" height="42" rx="3" fill="#fff" opacity=".82" />
    <path d="M100 ${96 + (seed % 3) * 6}c14 6 12 22 0 26c-12-4-14-20 0-26z" fill="${body}" />`,
  ceramika: (body, detail, seed) => `
    <path d="M${60 - (seed % 3) * 4} 78h80l-${10 + (seed % 4) * 3} 78q-2 8-10 8h-40q-8 0-10-8z" fill="${body}" />
    <path d="M136 92q30 2 22 32q-6 18-30 18" fill="none" stroke="${body}" stroke-width="9" />
    <ellipse cx="100" cy="78" rx="42" ry="8" fill="${detail}" />
    <path d="M86 60q-8-12 2-22M106 60q-8-12 2-22" stroke="${detail}" stroke-width="3" fill="none" opacity=".5" />`,
  dom: (body, detail, seed) => `
    <rect x="44" y="72" width="112" height="88" rx="12" fill="${body}" />
    <path d="M44 ${96 + (seed % 4) * 6}h112M44 ${118 + (seed % 4) * 6}h112" stroke="${detail}" stroke-width="3" opacity=".5" />
    <path d="M44 84q56 22 112 0" fill="none" stroke="#fff" stroke-width="3" opacity=".6" />`
}
