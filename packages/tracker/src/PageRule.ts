import { clip, isFields } from "./Text.ts"
import { type PageType, pageTypes } from "./Wire.ts"

/**
 * How one type of page is recognised. Every condition given must hold; a rule without a condition matches every page.
 *
 * `url`: a glob over the path, such as `/produkt/*`. `*` stands for anything but `/`, `?` and `#`, `**` for anything. The
 * query takes part only if the pattern has a `?`, the fragment only if it has a `#`. A slash at the end does not matter.
 * `selector`: a CSS selector that finds something in the page.
 * `event`: the name of an event pushed to the data layer during this page view.
 */
export interface PageRule {
  readonly type: PageType
  readonly url?: string | undefined
  readonly selector?: string | undefined
  readonly event?: string | undefined
}

/** What a rule can ask of a page view. */
export interface View {
  readonly url: string
  readonly has: (selector: string) => boolean
  readonly events: ReadonlySet<string>
}

/** GA4's names. They stand after the shop's own rules, the most specific first. */
export const standardRules: ReadonlyArray<PageRule> = [
  { type: "VisitOnSalePage", event: "purchase" },
  { type: "VisitOnCartListPage", event: "view_cart" },
  { type: "VisitOnProductPage", event: "view_item" },
  { type: "VisitOnLoginPage", event: "login" }
]

/** The type of the first rule that matches: a page view has exactly one. */
export const recognise = (rules: ReadonlyArray<PageRule>, view: View): PageType =>
  rules.find((rule) => matches(rule, view))?.type ?? "VisitOnWebsite"

export const matches = (rule: PageRule, view: View): boolean =>
  (rule.event === undefined || view.events.has(rule.event)) &&
  (rule.url === undefined || matchesUrl(rule.url, view.url)) &&
  (rule.selector === undefined || view.has(rule.selector))

export const matchesUrl = (pattern: string, address: string): boolean => {
  const url = new URL(address)
  const query = pattern.includes("?") ? url.search : ""
  const fragment = pattern.includes("#") ? url.hash : ""
  return glob(pattern).test(trimSlash(url.pathname) + query + fragment)
}

/** Rules come from a page: whatever is not one is left out. */
export const readRules = (raw: unknown): ReadonlyArray<PageRule> => {
  const entries: ReadonlyArray<unknown> = Array.isArray(raw) ? raw.slice(0, rulesMax) : []
  return entries.flatMap((entry) => {
    const type = isFields(entry) ? pageTypes.find((type) => type === entry["type"]) : undefined
    if (type === undefined || !isFields(entry)) return []
    const [url, selector, event] = [entry["url"], entry["selector"], entry["event"]].map((text) => clip(text, 500))
    return [{ type, url, selector, event }]
  })
}

const rulesMax = 100

const trimSlash = (path: string): string => (path.length > 1 ? path.replace(/\/$/, "") : path)

const glob = (pattern: string): RegExp => {
  const path = pattern.split(/[?#]/, 1)[0] ?? ""
  const trimmed = trimSlash(path) + pattern.slice(path.length)
  const source = trimmed
    .replace(/[.+?^${}()|[\]\\#]/g, "\\$&")
    .replace(/\*+/g, (stars) => (stars.length > 1 ? ".*" : "[^/?#]*"))
  return new RegExp(`^${source}$`)
}
