import type { Settings } from "./Configuration.ts"
import type { Email } from "./Email.ts"
import type { KnownCart } from "./KnownCart.ts"
import { recognise } from "./PageRule.ts"
import * as PageView from "./PageView.ts"
import type { Recorder } from "./Recorder.ts"
import type { Signal } from "./Signal.ts"
import * as Snapshot from "./Snapshot.ts"
import type { ActivityType, Cart, PageType, Subject } from "./Wire.ts"

export interface Deps {
  readonly settings: Settings
  readonly recorder: Recorder
  readonly email: Email
  readonly cart: KnownCart
  readonly guard: (run: () => void) => () => void
}

type Seen = { readonly type: PageType; readonly subject: Subject }

/**
 * Decides what goes out: one event per page view, one per change of the cart, one to carry an e-mail or a logout that no
 * page view can carry any more.
 */
export const makeTracker = ({ settings, recorder, email, cart, guard }: Deps) => {
  let view: PageView.PageView | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let seen: Seen | undefined
  let address = ""

  const stamp = () => recorder.stamp(location.href, address)

  /** A page view begins; it goes out when it is complete, or after the settling time, or when the page is left. */
  const arrive = (referrer: string): void => {
    settle()
    view = PageView.open(recorder.stamp(location.href, referrer))
    seen = undefined
    address = referrer
    timer = setTimeout(guard(settle), settings.settleMs)
  }

  const settle = (): void => {
    clearTimeout(timer)
    if (view === undefined) return
    const { stamp } = view
    const found = PageView.look(view, settings)
    view = undefined
    show(found, stamp)
  }

  const settleIfComplete = (): void => {
    if (view === undefined || document.readyState === "loading") return
    const { type, subject } = PageView.look(view, settings)
    if (PageView.isComplete(type, subject)) settle()
  }

  const show = (found: Seen, at: ReturnType<typeof stamp>): void => {
    const shown = found.subject.cart
    seen = found
    if (found.type === "VisitOnSalePage") cart.empty()
    else if (shown !== undefined) {
      // A page that shows another cart than the last one says that it was changed in between.
      if (found.type !== "VisitOnCartListPage" && cart.isNews(shown)) modify(shown)
      cart.set(shown)
    }
    recorder.record(found.type, at, found.subject)
  }

  const modify = (next: Cart): void => {
    cart.set(next)
    recorder.record("ModifyCart", stamp(), { cart: next })
  }

  /** Pages cannot be changed once they went out: who logs in or out afterwards needs an event to say so. */
  const carry = (logout?: true): void => {
    const type = seen?.type === "VisitOnLoginPage" ? "VisitOnLoginPage" : "VisitOnWebsite"
    recorder.record(type, stamp(), {}, logout)
  }

  const identify = (address: string): void => {
    if (email.recall() === address) return
    email.set(address)
    if (view === undefined) carry()
  }

  const logout = (): void => {
    carry(true)
    email.forget()
    // What comes after a logout is a new session, and so is the page that is being shown (sessions.md 3.2).
    if (view !== undefined) view = { ...view, stamp: recorder.stamp(view.stamp.url, view.stamp.referrer) }
  }

  const whole = (next: Cart): void => {
    if (view !== undefined) view.pushed = { ...view.pushed, cart: next }
    if (cart.isNews(next)) modify(next)
  }

  const hear = (signal: Signal): void => {
    switch (signal.kind) {
      case "add":
        return modify(Snapshot.add(cart.get(), signal.cart))
      case "remove":
        return modify(Snapshot.remove(cart.get(), signal.cart))
      case "whole":
        return whole(signal.cart)
      case "logout":
        return logout()
      case "view":
        if (signal.email !== undefined) identify(signal.email)
        return view === undefined ? hearLate(signal.name, signal.subject) : hearNow(view, signal.name, signal.subject)
    }
  }

  const hearNow = (view: PageView.PageView, name: string, subject: Subject): void => {
    view.events.add(name)
    view.pushed = merge(view.pushed, subject)
    settleIfComplete()
  }

  /** A view pushed after its page went out counts as a page view of its own if it says something new. */
  const hearLate = (name: string, subject: Subject): void => {
    const events = new Set([name])
    const type = recognise(settings.rules, { url: location.href, has: () => false, events })
    const isNews = seen === undefined || keyOf({ type, subject }) !== keyOf(seen)
    if (type !== "VisitOnWebsite" && isSaid(subject) && isNews) show({ type, subject }, stamp())
  }

  const track = (type: ActivityType, subject: Subject): void => {
    if (type === "ModifyCart") {
      if (subject.cart !== undefined) cart.set(subject.cart)
      recorder.record(type, stamp(), subject)
    } else if (view === undefined) {
      show({ type, subject }, stamp())
    } else {
      view.type = type
      view.pushed = merge(view.pushed, subject)
      settle()
    }
  }

  return {
    arrive,
    settle,
    settleIfComplete,
    hear,
    identify,
    logout,
    whole,
    track,
    /** The page that was left comes back: seen again, but its cart may be old, and nothing is bought by going back. */
    revisit: (): void => {
      if (seen === undefined) return
      const { type, subject } = seen
      const isPurchase = type === "VisitOnSalePage" && subject.order?.id === undefined
      recorder.record(isPurchase ? "VisitOnWebsite" : type, stamp(), { ...subject, cart: undefined })
    },
    discard: (): void => {
      clearTimeout(timer)
      view = undefined
    }
  }
}

const merge = (earlier: Subject, later: Subject): Subject => ({
  product: later.product ?? earlier.product,
  cart: later.cart ?? earlier.cart,
  order: later.order ?? earlier.order
})

const isSaid = ({ product, cart, order }: Subject): boolean => (product ?? cart ?? order) !== undefined

const keyOf = ({ type, subject }: Seen): string =>
  [type, subject.product?.id, subject.order?.id, subject.cart?.items.map((item) => [item.id, item.quantity])].join()
