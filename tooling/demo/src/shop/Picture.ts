import type { Product, Shape } from "../Catalogue.ts"
import { Html } from "./Html.ts"

/** A picture of a product, painted from its shape and colour: no file to load, nothing that a strict CSP would refuse. */
export const draw = (product: Product): Html => {
  const { colour } = product
  const id = product.id.toLowerCase()
  return new Html(
    `<svg class="picture" viewBox="0 0 400 400" aria-hidden="true" preserveAspectRatio="xMidYMid slice">` +
      `<defs><linearGradient id="wall-${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${mix(colour, paper, 0.84)}"/>` +
      `<stop offset="1" stop-color="${mix(colour, paper, 0.68)}"/></linearGradient>` +
      `<linearGradient id="glaze-${id}" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="${mix(colour, "#ffffff", 0.22)}"/>` +
      `<stop offset="0.45" stop-color="${colour}"/><stop offset="1" stop-color="${mix(colour, "#201a14", 0.28)}"/></linearGradient></defs>` +
      `<rect width="400" height="400" fill="url(#wall-${id})"/>` +
      `<rect y="306" width="400" height="94" fill="${mix(colour, "#f3ebdd", 0.55)}"/>` +
      `<ellipse cx="206" cy="318" rx="128" ry="15" fill="#2c241b" opacity="0.16"/>` +
      `<g stroke-linejoin="round" stroke-linecap="round">${shapes[product.shape](`url(#glaze-${id})`, tones(colour))}</g></svg>`
  )
}

const paper = "#faf5ec"

interface Tones {
  readonly light: string
  readonly deep: string
  readonly clay: string
}

const tones = (colour: string): Tones => ({
  light: mix(colour, "#ffffff", 0.55),
  deep: mix(colour, "#201a14", 0.45),
  clay: "#b48a68"
})

type Draw = (glaze: string, tones: Tones) => string

const speckles = (deep: string, points: ReadonlyArray<readonly [number, number]>): string =>
  points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="2.2" fill="${deep}" opacity="0.35"/>`).join("")

const shapes: Readonly<Record<Shape, Draw>> = {
  mug: (glaze, { light, deep, clay }) =>
    `<path d="M270 190c58-10 66 82-6 84" fill="none" stroke="${deep}" stroke-width="20"/>` +
    `<path d="M124 152h156l-10 140c-1 14-10 24-24 24h-88c-14 0-23-10-24-24z" fill="${glaze}"/>` +
    `<path d="M137 286h130l-2 10c-2 12-9 20-19 20h-88c-10 0-17-8-19-20z" fill="${clay}"/>` +
    `<ellipse cx="202" cy="152" rx="78" ry="16" fill="${deep}"/><ellipse cx="202" cy="156" rx="68" ry="10" fill="${light}" opacity="0.5"/>` +
    `<path d="M186 122c-10-14 10-22 0-38M216 118c-10-14 10-22 0-38" fill="none" stroke="#fff" stroke-width="5" opacity="0.6"/>` +
    speckles(deep, [
      [160, 200],
      [190, 240],
      [230, 210],
      [246, 256],
      [172, 268],
      [214, 182]
    ]),
  bowl: (glaze, { light, deep, clay }) =>
    `<path d="M84 192h232c0 70-40 118-84 124h-64c-44-6-84-54-84-124z" fill="${glaze}"/>` +
    `<path d="M158 304h84l-8 14h-68z" fill="${clay}"/>` +
    `<ellipse cx="200" cy="192" rx="116" ry="26" fill="${deep}"/><ellipse cx="200" cy="199" rx="100" ry="17" fill="${light}" opacity="0.55"/>` +
    speckles(deep, [
      [130, 238],
      [170, 270],
      [210, 244],
      [256, 262],
      [282, 226],
      [228, 290]
    ]),
  plate: (glaze, { light, deep }) =>
    `<ellipse cx="200" cy="236" rx="148" ry="74" fill="${deep}" opacity="0.5"/><ellipse cx="200" cy="226" rx="148" ry="74" fill="${glaze}"/>` +
    `<ellipse cx="200" cy="224" rx="104" ry="49" fill="${light}"/><ellipse cx="200" cy="228" rx="98" ry="44" fill="${glaze}" opacity="0.45"/>` +
    speckles(deep, [
      [92, 216],
      [300, 250],
      [246, 172],
      [140, 280],
      [180, 236],
      [226, 214]
    ]),
  teapot: (glaze, { light, deep, clay }) =>
    `<path d="M120 176c6-96 152-96 160 0" fill="none" stroke="${clay}" stroke-width="14"/>` +
    `<path d="M276 226c38 0 34-44 62-54l10 14c-18 18-14 68-66 82z" fill="${deep}"/>` +
    `<path d="M96 250c0-56 46-84 104-84s104 28 104 84c0 44-40 66-104 66S96 294 96 250z" fill="${glaze}"/>` +
    `<ellipse cx="200" cy="172" rx="58" ry="14" fill="${light}"/><circle cx="200" cy="152" r="13" fill="${deep}"/>` +
    speckles(deep, [
      [140, 236],
      [176, 276],
      [220, 222],
      [258, 262],
      [206, 296],
      [150, 206]
    ]),
  vase: (glaze, { light, deep, clay }) =>
    `<path d="M204 150C196 96 150 90 138 52M204 150c2-60 40-74 46-112M204 150c-2-40 8-70 2-116" fill="none" stroke="#7b7a55" stroke-width="4"/>` +
    [
      [138, 50],
      [164, 84],
      [250, 38],
      [232, 82],
      [206, 34],
      [208, 80]
    ]
      .map(([x, y]) => `<ellipse cx="${x}" cy="${y}" rx="13" ry="9" fill="${light}"/>`)
      .join("") +
    `<path d="M178 132h50c-4 46 54 60 54 122 0 44-32 62-79 62s-79-18-79-62c0-62 58-76 54-122z" fill="${glaze}"/>` +
    `<path d="M146 296c12 14 32 20 57 20s45-6 57-20z" fill="${clay}"/><ellipse cx="203" cy="132" rx="25" ry="7" fill="${deep}"/>` +
    speckles(deep, [
      [160, 236],
      [190, 270],
      [232, 230],
      [248, 272],
      [204, 206]
    ]),
  jug: (glaze, { light, deep, clay }) =>
    `<path d="M262 164c62-6 60 104-4 108" fill="none" stroke="${deep}" stroke-width="17"/>` +
    `<path d="M136 116l-26-8c0 26 20 38 30 42-2 50-24 64-24 110 0 38 24 56 84 56s84-18 84-56c0-54-28-66-26-144z" fill="${glaze}"/>` +
    `<path d="M132 296c14 14 36 20 68 20s54-6 68-20z" fill="${clay}"/><ellipse cx="198" cy="116" rx="62" ry="12" fill="${deep}"/>` +
    `<ellipse cx="196" cy="119" rx="50" ry="7" fill="${light}" opacity="0.4"/>` +
    speckles(deep, [
      [160, 200],
      [188, 244],
      [226, 190],
      [244, 250],
      [150, 270]
    ]),
  cups: (glaze, tones) =>
    [
      [120, 244, 1],
      [278, 244, 1],
      [200, 268, 1.12]
    ]
      .map(
        ([x = 0, y = 0, scale = 1]) =>
          `<g transform="translate(${x} ${y}) scale(${scale})"><path d="M-52-34H52c0 50-14 78-34 82h-36c-20-4-34-32-34-82z" fill="${glaze}"/>` +
          `<path d="M-26 42h52l-6 10h-40z" fill="${tones.clay}"/><ellipse cy="-34" rx="52" ry="13" fill="${tones.deep}"/><ellipse cy="-30" rx="43" ry="8" fill="${tones.light}" opacity="0.5"/></g>`
      )
      .join(""),
  dish: (glaze, { light, deep, clay }) =>
    `<path d="M70 268h260l-16 36c-4 9-10 12-20 12H106c-10 0-16-3-20-12z" fill="${clay}"/><rect x="62" y="252" width="276" height="18" rx="9" fill="${light}"/>` +
    `<path d="M100 252v-48c0-24 14-38 38-38h124c24 0 38 14 38 38v48z" fill="${glaze}"/><rect x="176" y="140" width="48" height="28" rx="13" fill="${deep}"/>` +
    speckles(deep, [
      [130, 210],
      [166, 234],
      [214, 202],
      [252, 232],
      [276, 200]
    ]),
  tin: (glaze, { light, deep }) =>
    `<rect x="122" y="118" width="160" height="198" rx="12" fill="${glaze}"/><rect x="116" y="92" width="172" height="44" rx="12" fill="${deep}"/>` +
    `<rect x="122" y="184" width="160" height="88" fill="${paper}"/><rect x="122" y="190" width="160" height="3" fill="${deep}" opacity="0.5"/><rect x="122" y="263" width="160" height="3" fill="${deep}" opacity="0.5"/>` +
    `<path d="M202 250c-34-14-34-40 0-54 34 14 34 40 0 54zM202 254v-50" fill="${light}" stroke="${deep}" stroke-width="3"/>` +
    `<rect x="138" y="104" width="50" height="6" rx="3" fill="#fff" opacity="0.25"/>`,
  cloth: (glaze, { light, deep }) =>
    [0, 1, 2]
      .map(
        (fold) =>
          `<rect x="${84 + fold * 5}" y="${262 - fold * 46}" width="${234 - fold * 10}" height="52" rx="22" fill="${glaze}"/>` +
          `<path d="M${104 + fold * 5} ${296 - fold * 46}h${194 - fold * 10}" stroke="${deep}" stroke-width="2" opacity="0.35"/>` +
          `<path d="M${102 + fold * 5} ${274 - fold * 46}h${198 - fold * 10}M${102 + fold * 5} ${281 - fold * 46}h${198 - fold * 10}" stroke="${light}" stroke-width="3" opacity="0.75"/>`
      )
      .join(""),
  pillow: (glaze, { light, deep }) =>
    `<path d="M92 150c60 10 156 10 216 0 10 50 10 106 0 160-60-8-156-8-216 0-10-54-10-110 0-160z" fill="${glaze}"/>` +
    `<path d="M108 168c56 8 128 8 184 0M108 292c56-6 128-6 184 0" fill="none" stroke="${light}" stroke-width="3" stroke-dasharray="3 8"/>` +
    [180, 220, 260]
      .map((y) => `<circle cx="200" cy="${y}" r="9" fill="#c8a679" stroke="${deep}" stroke-width="2"/>`)
      .join(""),
  apron: (glaze, { light, deep }) =>
    `<path d="M158 120c-4-44 88-44 84 0" fill="none" stroke="${deep}" stroke-width="10"/><path d="M152 116h96c2 50 20 66 50 72l-10 128H112l-10-128c30-6 48-22 50-72z" fill="${glaze}"/>` +
    `<rect x="140" y="222" width="54" height="56" rx="4" fill="${light}" opacity="0.5"/><rect x="210" y="222" width="54" height="56" rx="4" fill="${light}" opacity="0.5"/>` +
    `<path d="M140 232h54M210 232h54" stroke="${deep}" stroke-width="3"/>`,
  bag: (glaze, { light, deep }) =>
    `<path d="M150 176c-6-110 106-110 100 0" fill="none" stroke="${deep}" stroke-width="12"/><path d="M106 168h188l12 148H94z" fill="${glaze}"/>` +
    `<path d="M108 184h184" stroke="${light}" stroke-width="3" stroke-dasharray="4 7"/><path d="M200 280c-30-14-30-38 0-52 30 14 30 38 0 52zM200 284v-48" fill="${light}" stroke="${deep}" stroke-width="3" opacity="0.85"/>`
}

/** *Units*: `share` of the second colour, 0 to 1. */
const mix = (first: string, second: string, share: number): string => {
  const channel = (colour: string, index: number) => parseInt(colour.slice(1 + index * 2, 3 + index * 2), 16)
  const mixed = [0, 1, 2].map((index) =>
    Math.round(channel(first, index) * (1 - share) + channel(second, index) * share)
  )
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`
}
