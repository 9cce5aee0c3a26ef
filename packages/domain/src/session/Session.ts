import type { Device } from "./Activity.ts"
import type { Cart } from "./Cart.ts"
import type { Email, EventId, SessionId, SiteId, VisitorId } from "./Ids.ts"

/** Why a session ended: the rule that began the visitor's next one (sessions.md 3.1 to 3.3). */
export type EndReason = "inactivity" | "identity" | "capped"

/** The snapshot that a session's cart last came from. */
export interface LeftCart {
  readonly eventId: EventId
  readonly cart: Cart
}

/**
 * One visit, as computed from its events.
 *
 * *Units*: instants in UTC milliseconds. `closedAt` is `endedAt` plus the site's inactivity (sessions.md 3.4).
 * *Shape*: `endedBy` is null while the visitor has no later session. `left` is the current cart, null when there is
 * none or it is empty (4.1). `segments` counts the purchases in the session, so it is also the number of the open
 * segment (4.5). `cartModifiedBy` is the first `ModifyCart` of the session, `cartFilledBy` the first snapshot with items of
 * the open segment; with `firstProductView` they are what the rules of section 5 ask.
 */
export interface Session {
  readonly id: SessionId
  readonly siteId: SiteId
  readonly visitorId: VisitorId
  readonly email: Email | null
  readonly startedAt: number
  readonly endedAt: number
  readonly closedAt: number
  readonly endedBy: EndReason | null
  /** Its last event was a logout: it takes no later e-mail (sessions.md 3.5). */
  readonly isLoggedOut: boolean
  readonly eventIds: ReadonlyArray<EventId>
  readonly productViews: number
  readonly productsViewed: number
  readonly firstProductView: EventId | null
  readonly cartModifiedBy: EventId | null
  readonly cartFilledBy: EventId | null
  readonly left: LeftCart | null
  readonly segments: number
  /** Sale pages that were no purchase: their order was known, or they were reloaded (sessions.md 4.2). */
  readonly seenAgain: ReadonlyArray<EventId>
  readonly landingUrl: string | null
  readonly referrer: string | null
  readonly device: Device | null
  /** All its events came by an import of history, so its outcomes are historic (sessions.md 1.4). */
  readonly isHistory: boolean
}

/** Still going on at `now`: computed when read, never stored (sessions.md 3.4). */
export const isActive = (session: Pick<Session, "closedAt" | "endedBy">, now: number): boolean =>
  session.endedBy === null && now <= session.closedAt

/** Why the session ended; null while it is active. Without a next session it is `inactivity` (sessions.md 3). */
export const endReason = (session: Pick<Session, "closedAt" | "endedBy">, now: number): EndReason | null =>
  session.endedBy ?? (isActive(session, now) ? null : "inactivity")

/**
 * Whether two sessions are of the same visitor in the sense of section 5: the same visitor ID, unless both have
 * e-mails and these differ.
 */
export const isSameVisitor = (
  a: Pick<Session, "visitorId" | "email">,
  b: Pick<Session, "visitorId" | "email">
): boolean => a.visitorId === b.visitorId && (a.email === null || b.email === null || a.email === b.email)
