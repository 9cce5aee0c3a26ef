import { type Activity, type Ids, OrderBook, type Rejection, type ReportedOrder } from "@spoor/domain"
import { Result } from "effect"
import { CollectedSite } from "./CollectedSite.ts"
import type { Taker } from "./Cutter.ts"
import type { Foretold } from "./Foretold.ts"
import { IdSet } from "./IdSet.ts"
import * as Line from "./Line.ts"
import * as Output from "../Output.ts"
import { Spool } from "./Spool.ts"

/**
 * The first pass: takes the lines, answers those that are wrong or repeated, and keeps what the second pass needs: the
 * accepted events in a file, and in memory what must be known of all of them at once.
 *
 * *Shape*: visitors get numbers from 0 in the order of their first lines.
 */
export class Collector implements Taker, Disposable {
  readonly sites = new Map<Ids.SiteId, CollectedSite>()
  readonly events = new Spool()
  /** Null where the input is not sorted by visitor, or nothing was to be foretold. */
  foretold: Foretold | null
  /** Whether each visitor's events follow each other. */
  isSorted = true
  visitors = 0
  duplicates = 0
  rejected = 0

  private readonly eventIds = new IdSet()
  private readonly orderIds = new IdSet()
  private line = 0
  private site: CollectedSite | undefined
  private visitorId: Ids.VisitorId | undefined
  private visitor = -1
  private answers: Array<string> = []

  constructor(foretold: Foretold | null) {
    this.foretold = foretold
  }

  lines(text: string): void {
    let [visitor, begin] = [nobody, 0]
    for (let from = 0; from < text.length;) {
      const to = text.indexOf("\n", from) + 1
      this.line++
      const taken = this.take(text.slice(from, to - 1))
      if (taken !== visitor) {
        // A visitor's lines that follow each other are kept at once.
        if (visitor !== nobody) this.events.append(visitor, text.slice(begin, from))
        visitor = taken
        begin = from
      }
      from = to
    }
    if (visitor !== nobody) this.events.append(visitor, text.slice(begin))
  }

  refuse(reason: "malformed" | "too-large"): void {
    this.line++
    this.reject({ reason, pointer: "" })
  }

  /** The answers to lines since the last call. */
  drain(): string {
    const answers = this.answers.join("")
    this.answers = []
    return answers
  }

  end(): void {
    this.foretold?.end()
  }

  [Symbol.dispose](): void {
    this.events[Symbol.dispose]()
    this.foretold?.[Symbol.dispose]()
  }

  /** The visitor whose event the line is, if its text is to be kept. */
  private take(text: string): number {
    const line = Line.decode(text)
    if (Result.isFailure(line)) {
      if (!isBlank(text)) this.reject(line.failure)
      return nobody
    }
    if (!Line.isOrder(line.success)) return this.takeEvent(line.success)
    this.takeOrder(line.success)
    return nobody
  }

  private takeEvent(event: Activity.Activity): number {
    const site = this.siteOf(event.siteId)
    if (!this.eventIds.add(site.number, event.id)) {
      this.repeat(Output.duplicateEvent(event, this.line))
      return nobody
    }
    const visitor = this.visitorOf(site, event.visitorId)
    const page = OrderBook.reportOf(event)
    if (page !== undefined) site.report(page, visitor)
    this.foretold?.see(visitor, event)
    return visitor
  }

  private takeOrder(order: ReportedOrder.ReportedOrder): void {
    const site = this.siteOf(order.siteId)
    if (this.orderIds.add(site.number, order.orderId)) site.orders.push(order)
    else this.repeat(Output.duplicateOrder(order, this.line))
  }

  private siteOf(id: Ids.SiteId): CollectedSite {
    if (this.site?.id === id) return this.site
    let site = this.sites.get(id)
    if (site === undefined) this.sites.set(id, (site = new CollectedSite(id, this.sites.size)))
    this.site = site
    this.visitorId = undefined
    return site
  }

  private visitorOf(site: CollectedSite, id: Ids.VisitorId): number {
    if (id === this.visitorId) return this.visitor
    this.visitorId = id
    const known = site.visitors.get(id)
    if (known === undefined) {
      this.visitor = this.visitors++
      site.visitors.add(id, this.visitor)
    } else if (known !== this.visitor) {
      this.visitor = known
      this.isSorted = false
      this.foretold?.[Symbol.dispose]()
      this.foretold = null
    }
    return this.visitor
  }

  private reject(rejection: Rejection.Rejection): void {
    this.rejected++
    this.answers.push(Output.rejected(rejection, this.line))
  }

  private repeat(answer: string): void {
    this.duplicates++
    this.answers.push(answer)
  }
}

/** A line that is no visitor's. */
const nobody = -1

/** Nothing but what JSON calls white space. */
const isBlank = (text: string): boolean => /^[ \t\r]*$/.test(text)
