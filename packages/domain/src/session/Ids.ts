import { Brand, Schema } from "effect"

/** The check's reason in a rejection (sessions.md 2.6); other failed checks are `invalid`. */
declare module "effect/Schema" {
  namespace Annotations {
    interface Filter {
      readonly rejection?: "too-large" | "unstorable-text"
    }
  }
}

const isStorable = Schema.makeFilter((text: string) => !text.includes("\u0000") && text.isWellFormed(), {
  expected: "text without NUL and lone surrogates",
  rejection: "unstorable-text"
})

/**
 * Text that PostgreSQL and JSON both keep as it is.
 *
 * *Units*: length in UTF-16 code units.
 * *Source*: sessions.md 2.6 (`unstorable-text`, `too-large`).
 */
export const text = (lengthMax: number) =>
  Schema.String.check(Schema.isMaxLength(lengthMax, { rejection: "too-large" }), isStorable)

const identifier = (lengthMax: number) => text(lengthMax).check(Schema.isMinLength(1))

/** One shop's pages. Unique within a business unit. */
export const SiteId = identifier(64).pipe(Schema.brand("SiteId"))
export type SiteId = typeof SiteId.Type

/** The client's own name for an event, unique on a site (sessions.md 2.1). */
export const EventId = identifier(128).pipe(Schema.brand("EventId"))
export type EventId = typeof EventId.Type

/** One browser on one site, not a person (sessions.md 2.2). */
export const VisitorId = identifier(64).pipe(Schema.brand("VisitorId"))
export type VisitorId = typeof VisitorId.Type

/** The shop's order number, trimmed and otherwise exact (sessions.md 2.5). */
export const OrderId = identifier(128).pipe(Schema.brand("OrderId"))
export type OrderId = typeof OrderId.Type

/** An e-mail address, trimmed and lower-cased (sessions.md 2.5). */
export const Email = identifier(320)
  .check(Schema.isPattern(/^[^\s@]+@[^\s@]+$/, { expected: "an e-mail address, such as anna@example.pl" }))
  .pipe(Schema.brand("Email"))
export type Email = typeof Email.Type

/** Derived from a site and the first event of a session (sessions.md 2.3), see `sessionId`. */
export const SessionId = identifier(384).pipe(Schema.brand("SessionId"))
export type SessionId = typeof SessionId.Type

/**
 * The ID of the session whose first event this is.
 *
 * The parts stay readable, so that a former ID is resolved without any table: it names an event, and the session that
 * holds that event now is the one (ADR 0007).
 */
export const sessionId = (siteId: SiteId, firstEventId: EventId): SessionId =>
  branded(`${escape(siteId)}:${firstEventId}`)

const branded = Brand.nominal<SessionId>()

/** Text that may stand before a colon. */
export const escape = (part: string): string =>
  part.includes(":") || part.includes("%") ? part.replaceAll("%", "%25").replaceAll(":", "%3A") : part

/** The site and event that a session ID names; the site is all before the first colon, escaped. */
export const partsOf = (id: string): { readonly siteId: string; readonly eventId: string } | undefined => {
  const colon = id.indexOf(":")
  if (colon < 0) return undefined
  const siteId = id.slice(0, colon).replaceAll("%3A", ":").replaceAll("%25", "%")
  return { siteId, eventId: id.slice(colon + 1) }
}
