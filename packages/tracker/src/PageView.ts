import type { Settings } from "./Configuration.ts"
import { readAttributes, readJsonLd } from "./Document.ts"
import { recognise } from "./PageRule.ts"
import type { Stamp } from "./Recorder.ts"
import type { PageType, Subject } from "./Wire.ts"

/** A page view that waits for its type and its goods. */
export interface PageView {
  readonly stamp: Stamp
  readonly events: Set<string>
  /** Named by `spoor.track`: then no rule is asked. */
  type: PageType | undefined
  pushed: Subject
}

export const open = (stamp: Stamp): PageView => ({ stamp, events: new Set(), type: undefined, pushed: {} })

/** What the page is, as far as it can be told now. */
export const look = (view: PageView, settings: Settings): { readonly type: PageType; readonly subject: Subject } => {
  const has = (selector: string) => document.querySelector(selector) !== null
  const type = view.type ?? recognise(settings.rules, { url: view.stamp.url, has, events: view.events })
  return { type, subject: select(type, gather(view.pushed, settings)) }
}

/** Is there nothing to wait for? An ordinary page may still turn out to be another by a later push. */
export const isComplete = (type: PageType, { product, cart, order }: Subject): boolean =>
  type === "VisitOnLoginPage" ||
  (type === "VisitOnProductPage" && product !== undefined) ||
  (type === "VisitOnCartListPage" && cart !== undefined) ||
  (type === "VisitOnSalePage" && order !== undefined)

const gather = (pushed: Subject, { sources, currency }: Settings): Subject =>
  sources
    .map((source) => {
      if (source === "dataLayer") return pushed
      return source === "attributes" ? readAttributes(document, currency) : readJsonLd(document, currency)
    })
    .reduce((found, next) => ({
      product: found.product ?? next.product,
      cart: found.cart ?? next.cart,
      order: found.order ?? next.order
    }))

// A listing's JSON-LD or a basket in the header must not make an ordinary page say that it is about one product.
const select = (type: PageType, { product, cart, order }: Subject): Subject => ({
  product: type === "VisitOnProductPage" ? product : undefined,
  cart,
  order: type === "VisitOnSalePage" ? order : undefined
})
