import type * as Configuration from "./Configuration.ts"
import * as DataLayer from "./DataLayer.ts"
import { makeDelivery } from "./Delivery.ts"
import { recogniseDevice } from "./Device.ts"
import { makeEmail } from "./Email.ts"
import { watchEmail } from "./Field.ts"
import { guard, warn } from "./Guard.ts"
import { makeKnownCart } from "./KnownCart.ts"
import * as Navigation from "./Navigation.ts"
import { makeOutbox } from "./Outbox.ts"
import { makeRecorder } from "./Recorder.ts"
import * as Signal from "./Signal.ts"
import { makeStore } from "./Store.ts"
import { makeTracker } from "./Tracker.ts"
import { makeUuid } from "./Uuid.ts"
import { forgetVisitor, recallVisitor } from "./Visitor.ts"

const now = (): number => Date.now()

/** Everything that a page needs, wired to its window. From here on things are stored and sent. */
export const open = (tag: Configuration.Tag, settings: Configuration.Settings) => {
  const store = makeStore(findStorage())
  const makeId = makeUuid(now, (length) => crypto.getRandomValues(new Uint8Array(length)))
  const outbox = makeOutbox(store, warn)
  const address = `${tag.endpoint}/v1/events`
  const delivery = makeDelivery({ address, writeKey: tag.writeKey, outbox, now, random: Math.random, warn })
  const email = makeEmail(store, now)
  const recorder = makeRecorder({
    visitorId: recallVisitor(settings.cookieDomain, makeId),
    device: recogniseDevice(navigator.userAgent, navigator.maxTouchPoints),
    email: email.recall,
    makeId,
    now,
    store,
    outbox,
    delivery
  })
  const tracker = makeTracker({ settings, recorder, email, cart: makeKnownCart(store), guard })
  // What an earlier page could not confirm goes again.
  if (outbox.list().length > 0) delivery.schedule()
  const erase = (): void => {
    tracker.discard()
    delivery.stop()
    for (const key of store.keys("spoor_")) store.remove(key)
    forgetVisitor(settings.cookieDomain)
  }
  return { tracker, delivery, erase }
}

export type Opened = ReturnType<typeof open>

/** Hears the page. Listeners are set once; `current` says who hears, if anybody does at the moment. */
export const attach = (settings: Configuration.Settings, current: () => Opened | undefined): void => {
  let page = Navigation.pageOf(location.href)
  const move = (): void => {
    const next = Navigation.pageOf(location.href)
    if (next === page) return
    current()?.tracker.arrive(page)
    page = next
  }
  const leave = (): void => {
    current()?.tracker.settle()
    current()?.delivery.leave()
  }
  Navigation.watch({
    moved: guard(move),
    returned: guard(() => current()?.tracker.revisit()),
    left: guard(leave),
    online: guard(() => void current()?.delivery.flush())
  })
  const hear = (push: unknown): void => {
    const signal = Signal.read(push, settings.currency)
    if (signal !== undefined) current()?.tracker.hear(signal)
  }
  DataLayer.listen(settings.dataLayer, guard(hear))
  if (settings.emailSelector !== undefined) {
    watchEmail(settings.emailSelector, (address) => current()?.tracker.identify(address))
  }
}

/** Reading `localStorage` throws where site data is blocked. */
export const findStorage = (): Storage | undefined => {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
