import * as Browser from "./Browser.ts"
import * as Configuration from "./Configuration.ts"
import { readCart, readOrder, readProduct } from "./Goods.ts"
import { guard, warn } from "./Guard.ts"
import { makeStore } from "./Store.ts"
import type { PageCart, PageSubject, Spoor } from "./Spoor.ts"
import { isFields, readEmail } from "./Text.ts"
import type { ActivityType } from "./Wire.ts"
import { pageTypes } from "./Wire.ts"

const refusedKey = "spoor_refused"

/** Builds `window.spoor` around one script tag. */
const run = (tag: Configuration.Tag): void => {
  const settings = Configuration.find()
  const store = makeStore(Browser.findStorage())
  let opened: Browser.Opened | undefined
  let isAttached = false

  const start = (): void => {
    if (opened !== undefined) return
    opened = Browser.open(tag, settings)
    opened.tracker.arrive(document.referrer)
    if (!isAttached) Browser.attach(settings, () => opened)
    isAttached = true
    opened.tracker.settleIfComplete()
  }

  const consent = (isGiven: boolean): void => {
    if (isGiven) {
      store.remove(refusedKey)
      return start()
    }
    opened?.erase()
    opened = undefined
    // Where no consent is asked for, a refusal is the one thing that has to be remembered.
    if (!tag.needsConsent) store.set(refusedKey, "1")
  }

  const identify = (text: string): void => {
    const email = readEmail(text)
    if (email === undefined) warn("identify: this is no e-mail address")
    else opened?.tracker.identify(email)
  }

  const track = (type: ActivityType, data?: PageSubject): void => {
    if (type !== "ModifyCart" && !pageTypes.includes(type)) return warn(`track: no such type: ${type}`)
    opened?.tracker.track(type, {
      product: readProduct(data?.product, settings.currency),
      cart: readCart(data?.cart, settings.currency),
      order: readOrder(data?.order, settings.currency)
    })
  }

  const cart = (whole: PageCart): void => {
    const read = readCart(whole, settings.currency)
    if (read === undefined) warn("cart: needs items and a currency")
    else opened?.tracker.whole(read)
  }

  const commands = { identify, logout: () => opened?.tracker.logout(), track, cart, consent }
  const push = (command: ReadonlyArray<unknown>): void => {
    const [name, ...args] = command
    const call: unknown = Reflect.get(commands, String(name))
    if (typeof call === "function") Reflect.apply(call, undefined, args)
  }

  const waiting: unknown = Reflect.get(window, "spoor")
  const spoor: Spoor = {
    identify: guard(identify),
    logout: guard(commands.logout),
    track: guard(track),
    cart: guard(cart),
    consent: guard(consent),
    push: guard(push)
  }
  Reflect.set(window, "spoor", spoor)
  if (!tag.needsConsent && store.get(refusedKey) === undefined) start()
  if (Array.isArray(waiting)) for (const command of waiting) if (Array.isArray(command)) spoor.push(command)
}

/** Rules may ask for elements and the configuration may stand below the script: the document has to be there. */
const whenReady = (start: () => void): void => {
  let isStarted = false
  const once = guard(() => {
    if (isStarted) return
    isStarted = true
    start()
  })
  if (document.readyState !== "loading") return once()
  document.addEventListener("DOMContentLoaded", once)
  // Who leaves before that was here all the same. This listener is first, so the page's own leaving comes after it.
  addEventListener("pagehide", once)
}

guard(() => {
  const current = document.currentScript
  const script = current instanceof HTMLScriptElement ? current : document.querySelector("script")
  const tag =
    Configuration.readTag(script) ??
    Configuration.readTag(document.querySelector<HTMLScriptElement>("script[data-write-key]"))
  const isLoaded = isFields(Reflect.get(window, "spoor")) && !Array.isArray(Reflect.get(window, "spoor"))
  if (tag === undefined) warn("the script tag needs data-write-key")
  else if (!isLoaded) whenReady(() => run(tag))
})()
