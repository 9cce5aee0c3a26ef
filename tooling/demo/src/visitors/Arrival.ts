import { categories, type Product } from "../Catalogue.ts"
import * as Chance from "./Chance.ts"
import * as Page from "./Page.ts"

/** Where a visit comes from: the first page, what stands behind its address, and the page before it. */
export interface Arrival {
  readonly page: Page.Page
  readonly product: Product | undefined
  readonly query: string
  readonly referrer: string | undefined
}

interface Channel {
  readonly referrers: readonly [string | undefined, ...ReadonlyArray<string | undefined>]
  readonly campaigns: readonly [string, ...ReadonlyArray<string>]
  readonly lands: "home" | "category" | "product"
}

const campaign = (source: string, medium: string, name: string): string =>
  `?utm_source=${source}&utm_medium=${medium}&utm_campaign=${name}`

const channel = (
  referrers: Channel["referrers"],
  campaigns: Channel["campaigns"],
  lands: Channel["lands"]
): Channel => ({ referrers, campaigns, lands })

const facebook = ["https://l.facebook.com/", "https://m.facebook.com/"] as const
const channels = [
  [18, channel(["https://www.google.com/", "https://www.google.pl/"], [""], "home")],
  [16, channel(["https://www.google.com/", "https://duckduckgo.com/", "https://www.bing.com/"], [""], "product")],
  [20, channel([undefined], [""], "home")],
  [
    12,
    channel(
      ["https://www.google.com/"],
      [campaign("google", "cpc", "ceramika-pl"), campaign("google", "cpc", "herbata-marka")],
      "category"
    )
  ],
  [
    8,
    channel(
      facebook,
      [
        campaign("facebook", "paid-social", "nowa-ceramika"),
        campaign("facebook", "paid-social", "remarketing-produkty")
      ],
      "product"
    )
  ],
  [6, channel(["https://l.instagram.com/"], [campaign("instagram", "social", "wieczor-z-herbata")], "category")],
  [
    10,
    channel(
      [undefined],
      [campaign("newsletter", "email", "darmowa-dostawa"), campaign("newsletter", "email", "nowosci-tygodnia")],
      "category"
    )
  ],
  [5, channel(["https://www.ceneo.pl/"], [campaign("ceneo", "cpc", "porownywarka")], "product")],
  [3, channel(["https://pl.pinterest.com/"], [""], "product")],
  [
    2,
    channel(
      ["https://blog.example.pl/jak-parzyc-herbate"],
      [campaign("blog", "referral", "jak-parzyc-herbate")],
      "category"
    )
  ]
] as const satisfies readonly [Chance.Weighted<Channel>, ...ReadonlyArray<Chance.Weighted<Channel>>]

/** Somebody comes from outside. `product` is what an advertisement or a search result would show. */
export const draw = (chance: Chance.Chance, product: Product): Arrival => {
  const { referrers, campaigns, lands } = Chance.weigh<Channel>(chance, channels)
  const arrival = {
    query: Chance.pick(chance, campaigns),
    referrer: Chance.pick(chance, referrers),
    product: undefined
  }
  if (lands === "home") return { ...arrival, page: Page.home }
  if (lands === "product") return { ...arrival, page: Page.ofProduct(product), product }
  return { ...arrival, page: Page.ofCategory(Chance.pick<(typeof categories)[number]>(chance, categories).slug) }
}

/** Somebody comes back by a link in a message about the cart, or by a bookmark. */
export const comeBack = (isReminded: boolean): Arrival => ({
  page: Page.cart,
  product: undefined,
  query: isReminded ? campaign("spoor", "email", "porzucony-koszyk") : "",
  referrer: undefined
})
