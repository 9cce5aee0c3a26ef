import { type Activity, isSalePage } from "./Activity.ts"
import * as Chapter from "./Chapter.ts"
import type { OrderBook } from "./OrderBook.ts"
import type { LastPurchase, PlacedOrder, Sale } from "./Purchase.ts"
import type { Rules } from "./Rules.ts"

/** What does not change while one visitor's events are walked along. *Shape*: `orders` in order of time. */
export interface Scene {
  readonly rules: Rules
  readonly book: OrderBook
  readonly orders: ReadonlyArray<PlacedOrder>
}

/**
 * A walk along one visitor's events in total order: sessions, carts, segments and purchases, each event looked at once.
 * It may begin at any chapter, given the last purchase before it, and stop anywhere.
 *
 * *Source*: sessions.md 3.1 to 3.3 and 4.
 */
export class Walk {
  /** The chapters that this walk has closed or taken over. */
  readonly closed: Array<Chapter.Chapter> = []
  private readonly scene: Scene
  private draft: Chapter.Draft | null
  private last: LastPurchase | null
  private nextOrder = 0

  /** Begins before a visitor's first event, or where the last chapter has been read so far. */
  constructor(scene: Scene, open: Chapter.Chapter | null, last: LastPurchase | null = null) {
    this.scene = scene
    this.draft = null
    this.last = last
    if (open !== null) this.resume(open)
  }

  /** Reads the next events, in total order. *Shape*: the list is the walk's from now on. */
  seeAll(events: Array<Activity>): void {
    for (let index = 0; index < events.length; index++) this.see(events, index)
  }

  private see(events: Array<Activity>, index: number): void {
    const event = events[index]!
    const draft = this.reach(event) ?? (this.draft = Chapter.begin(events, index, event, this.last))
    Chapter.take(draft, events, index)
    Chapter.see(draft.session, event)
    if (isSalePage(event)) this.seeSale(draft, event)
    else draft.last = null
  }

  /** Whether a chapter would be read as it was: it begins here, too, and the last purchase before it is the same. */
  meets({ events, from, before }: Chapter.Chapter): boolean {
    const first = events[from]!
    if (this.draft === null) return isSamePurchase(this.last, before)
    if (Chapter.endedBefore(this.scene.rules, this.draft, first) === null) return false
    this.applyOrders(this.draft, first.occurredAt, false)
    return isSamePurchase(this.draft.last, before)
  }

  /** Takes over a chapter that this walk `meets`, and that is followed by what followed it before. */
  adopt(chapter: Chapter.Chapter): void {
    this.close(chapter.events[chapter.from]!)
    this.closed.push(chapter)
    this.last = chapter.last
  }

  /** Takes over the last chapter, if this walk `meets` it, and goes on where it was read so far. */
  resume(open: Chapter.Chapter): void {
    this.close(open.events[open.from]!)
    this.draft = Chapter.copy(open)
    this.skipOrders(open.session.endedAt)
  }

  /** The last chapter as far as it has been read: orders after its last event are not applied yet. */
  pause(): Chapter.Chapter | null {
    return this.draft === null ? null : Chapter.copy(this.draft)
  }

  /** Closes the last chapter, as if nothing followed. */
  finish(): ReadonlyArray<Chapter.Chapter> {
    if (this.draft !== null) {
      this.applyOrders(this.draft, Infinity, false)
      this.closed.push(Chapter.closed(this.scene.rules, this.draft, null))
      this.draft = null
    }
    return this.closed
  }

  /** The draft that this event belongs to, or null: it begins a session. */
  private reach(event: Activity): Chapter.Draft | null {
    const draft = this.draft
    if (draft !== null && Chapter.endedBefore(this.scene.rules, draft, event) === null) {
      this.applyOrders(draft, event.occurredAt, true)
      return draft
    }
    this.close(event)
    this.skipOrders(event.occurredAt)
    return null
  }

  /** Closes the open chapter, if there is one, because `next` begins another. */
  private close(next: Activity): void {
    const draft = this.draft
    if (draft === null) return
    this.applyOrders(draft, next.occurredAt, false)
    this.closed.push(Chapter.closed(this.scene.rules, draft, Chapter.endedBefore(this.scene.rules, draft, next)))
    this.last = draft.last
    this.draft = null
  }

  /** An order by API stands after all events of its instant (sessions.md 1.3), so the ones at this instant remain. */
  private skipOrders(before: number): void {
    const { orders } = this.scene
    while (this.nextOrder < orders.length && orders[this.nextOrder]!.order.at < before) this.nextOrder++
  }

  private applyOrders(draft: Chapter.Draft, before: number, goesOn: boolean): void {
    const { orders } = this.scene
    for (; this.nextOrder < orders.length && orders[this.nextOrder]!.order.at < before; this.nextOrder++) {
      this.applyOrder(draft, orders[this.nextOrder]!, goesOn)
    }
  }

  private applyOrder(draft: Chapter.Draft, { order, sessionId }: PlacedOrder, goesOn: boolean): void {
    const { session } = draft
    const target = sessionId ?? session.id
    if (draft.last !== null && draft.last.inferredIn === target) {
      sell(draft, { _tag: "Named", orderId: order.orderId, evidence: order.orderId, report: order, order })
    } else {
      const cart = session.left?.cart ?? null
      const isHere = target === session.id
      sell(draft, { _tag: "ByOrder", order, sessionId: isHere ? null : target, segment: session.segments, cart })
      if (isHere && (goesOn || order.at <= session.endedAt)) Chapter.closeSegment(session)
    }
    draft.last = { inferredIn: null }
  }

  /** What a sale page is: a purchase, the order ID of an inferred one, or an ordinary view (sessions.md 4.2, 4.3). */
  private seeSale(draft: Chapter.Draft, page: Activity): void {
    const { session, last } = draft
    const orderId = page.order?.id
    if (orderId === undefined) {
      if (last !== null) return seeAgain(session, page)
    } else {
      if (this.scene.book.pages.get(orderId) !== page.id) return seeAgain(session, page)
      if (last !== null && last.inferredIn === session.id) {
        sell(draft, { _tag: "Named", orderId, evidence: page.id, report: page.order ?? {}, order: null })
        draft.last = { inferredIn: null }
        return
      }
    }
    sell(draft, { _tag: "ByPage", page, segment: session.segments, cart: page.cart ?? session.left?.cart ?? null })
    // An order of another session leaves an inferred purchase to be named: it was a sale page, too.
    draft.last = { inferredIn: orderId === undefined ? session.id : (last?.inferredIn ?? null) }
    Chapter.closeSegment(session)
  }
}

const seeAgain = (session: Chapter.Draft["session"], page: Activity): void => {
  session.seenAgain = [...session.seenAgain, page.id]
}

const sell = (draft: Chapter.Draft, sale: Sale): void => {
  draft.sales = [...draft.sales, sale]
}

const isSamePurchase = (a: LastPurchase | null, b: LastPurchase | null): boolean =>
  a === null || b === null ? a === b : a.inferredIn === b.inferredIn
