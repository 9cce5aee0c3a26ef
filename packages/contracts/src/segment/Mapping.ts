import { type Activity, type Identification, Ids, type Rejection, Time } from "@spoor/domain"
import { Option, Result, Schema } from "effect"
import { EmailFromWire } from "../Item.ts"
import type { EventRule } from "./EventMap.ts"
import type { EventTable } from "./EventTable.ts"
import * as Goods from "./Goods.ts"
import { decode, type Identify, type Message, Page, type PageCall, type Track } from "./Message.ts"

/**
 * What the door knows of a call beyond the call itself.
 *
 * *Shape*: `hash` shortens what would not do as a visitor's ID, to 64 characters at most, always the same way.
 */
export interface Arrival {
  readonly siteId: Ids.SiteId
  readonly receivedAt: Time.Instant
  readonly sentAt?: Time.Instant | undefined
  readonly table: EventTable
  readonly hash: (id: string) => string
}

/** What a call says: something that a customer did, or who a visitor is. */
export type Said =
  | { readonly _tag: "Activity"; readonly activity: Activity.Activity }
  | { readonly _tag: "Identification"; readonly identification: Identification.Identification }

/**
 * Reads one call of Segment's specification.
 *
 * *Source*: docs/segment.md has the rules in words, ADR 0021 why they are so.
 */
export const read = (item: unknown, arrival: Arrival): Result.Result<Said, Rejection.Rejection> =>
  Result.gen(function* () {
    const message = yield* decode(item)
    const head = yield* readHead(message, arrival)
    if (message.type === "identify") {
      const { id, siteId, visitorId, occurredAt, receivedAt } = head
      const email = yield* readEmail(message)
      return { _tag: "Identification", identification: { id, siteId, visitorId, email, occurredAt, receivedAt } }
    }
    const said = yield* message.type === "page" ? readPage(message, arrival.table) : readTrack(message, arrival.table)
    return { _tag: "Activity", activity: { ...head, ...bearerOf(message), ...said } }
  })

/** Who did it, and when (sessions.md 1). */
const readHead = (message: Message, arrival: Arrival) =>
  Result.gen(function* () {
    const { siteId, receivedAt, sentAt } = arrival
    const who = message.anonymousId || message.userId
    if (!who) return yield* Result.fail({ reason: "missing" as const, pointer: "/anonymousId" })
    const clientAt = message.timestamp ?? message.originalTimestamp
    const time = Time.occurred({ clientAt, sentAt, receivedAt })
    return {
      id: message.messageId,
      siteId,
      visitorId: visitorOf(who, arrival.hash),
      occurredAt: time.occurredAt,
      receivedAt,
      sequence: 0,
      ...(clientAt !== undefined && { clientAt }),
      ...(time.isClockWrong && { isClockWrong: true as const })
    }
  })

/** A user's ID may be an e-mail, and a visitor's ID is shown to people who may not see e-mails. */
const visitorOf = (who: string, hash: Arrival["hash"]): Ids.VisitorId =>
  Ids.VisitorId.make(who.length > 64 || who.includes("@") ? hash(who) : who)

/** The page's own call knows its page best; the context stands in. */
const readPage = ({ name, category, context, properties = {} }: PageCall, { currency, pageType }: EventTable) =>
  Result.gen(function* () {
    const own = yield* decodePage(properties)
    const url = own.url || context?.page?.url
    const path = own.path ?? context?.page?.path ?? pathOf(url)
    const type = pageType({ name: name ?? textOf(own.name), category: category ?? textOf(own.category), path })
    // Products on other pages are a list, not a cart.
    const hasCart = type === "VisitOnCartListPage" || type === "VisitOnSalePage"
    return {
      ...(yield* readSubject({ type, ...(hasCart && { cart: "whole" }) }, properties, currency)),
      ...placeOf({ url, title: own.title || context?.page?.title, referrer: own.referrer || context?.page?.referrer })
    }
  })

const readTrack = ({ event, context, properties = {} }: Track, { currency, ruleOf }: EventTable) =>
  Result.gen(function* () {
    const rule = ruleOf(event)
    if (rule === undefined) return yield* Result.fail({ reason: "unknown-type" as const, pointer: "/event" })
    return { ...(yield* readSubject(rule, properties, currency)), ...placeOf(context?.page ?? {}) }
  })

const decodePage = Goods.within(Page)

type Properties = NonNullable<Track["properties"]>

const readSubject = ({ type, cart, logout }: EventRule, properties: Properties, currency: string) =>
  Result.gen(function* () {
    const isChange = cart === "add" || cart === "remove"
    // A difference is about a product, too: it is what the logs show of it.
    const isAboutProduct = isChange || type === "VisitOnProductPage"
    const product = isAboutProduct ? yield* Goods.readProduct(properties, currency) : undefined
    const snapshot = cart === "whole" ? yield* Goods.readCart(properties, currency) : undefined
    const cartChange = isChange ? yield* Goods.readChange(cart, properties, currency) : undefined
    const order = type === "VisitOnSalePage" ? yield* Goods.readOrder(properties, currency) : undefined
    return {
      type,
      ...(logout && { logout }),
      ...(product && { product }),
      ...(snapshot && { cart: snapshot }),
      ...(cartChange && { cartChange }),
      ...(order && Object.keys(order).length > 0 && { order })
    }
  })

interface Place {
  readonly url?: string | undefined
  readonly title?: string | undefined
  readonly referrer?: string | undefined
}

const placeOf = ({ url, title, referrer }: Place) => ({
  ...(url && { url }),
  ...(title && { title }),
  // RudderStack's word for a visit that came from nowhere.
  ...(referrer && referrer !== "$direct" && { referrer })
})

/** On what, and by whom. An e-mail is no more than remembered here: a wrong one must not cost the visit. */
const bearerOf = ({ context }: Track | PageCall) => {
  const device = deviceOf(context?.userAgent, context?.userAgentData?.mobile)
  const email = Option.getOrUndefined(decodeEmail(context?.traits?.email))
  return { ...(device !== undefined && { device }), ...(email !== undefined && { email }) }
}

const decodeEmail = Schema.decodeUnknownOption(EmailFromWire)

/** RudderStack's clients keep the traits of a call in its context. */
const readEmail = ({ traits, context }: Identify): Result.Result<Ids.Email, Rejection.Rejection> => {
  const [raw, pointer] =
    traits?.email === undefined && context?.traits?.email !== undefined
      ? [context.traits.email, "/context/traits/email"]
      : [traits?.email, "/traits/email"]
  if (raw === undefined || raw === null || raw === "") return Result.fail({ reason: "missing", pointer })
  return Result.fromOption(decodeEmail(raw), () => ({ reason: "invalid" as const, pointer }))
}

const textOf = (raw: unknown): string | undefined => (typeof raw === "string" ? raw : undefined)

const pathOf = (url: string | undefined): string | undefined =>
  url === undefined || !URL.canParse(url) ? undefined : new URL(url).pathname

/** By the user agent's own words, else by its hint. A server's client names none. */
const deviceOf = (userAgent = "", isMobile: boolean | undefined): Activity.Device | undefined => {
  if (userAgent === "") return isMobile === undefined ? undefined : isMobile ? "mobile" : "desktop"
  if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobi)/i.test(userAgent)) return "tablet"
  return /Mobi|iPhone|iPod/i.test(userAgent) ? "mobile" : "desktop"
}
