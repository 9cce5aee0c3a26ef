import { Arbitrary, Schema } from "effect"
import type { Activity, Rules } from "../../src/index.ts"
import { type Cart, type CartChange, Ids, type ReportedOrder } from "../../src/index.ts"
import { cart, DAY, HOUR, MINUTE } from "../journey.ts"

/** What a law is tried on: one site's events and orders, its rules, an instant to look from, and a way to shuffle. */
export interface Case {
  readonly events: ReadonlyArray<Activity.Activity>
  readonly orders: ReadonlyArray<ReportedOrder.ReportedOrder>
  readonly rules: Rules.Rules
  readonly now: number
  readonly shuffle: number
}

const index = (count: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: count - 1 }))

const namedEmails = ["ann@example.test", "bob@example.test"]
const emails = [...Array.from({ length: 7 }, () => undefined), ...namedEmails]

/** Weighed by repetition: what decides outcomes comes more often than what only fills the time. */
const types: ReadonlyArray<Activity.ActivityType> = [
  "VisitOnWebsite",
  "VisitOnProductPage",
  "VisitOnProductPage",
  "VisitOnCartListPage",
  "VisitOnLoginPage",
  "ModifyCart",
  "ModifyCart",
  "ModifyCart",
  "VisitOnSalePage",
  "VisitOnSalePage",
  "VisitOnSalePage"
]

const carts: ReadonlyArray<Cart.Cart | undefined> = [
  undefined,
  undefined,
  cart(["mug", 1], ["mug", 1]),
  cart(["mug", 2]),
  cart(["mug", 2], ["cup", 0]),
  cart(["cup", 1]),
  cart(["cup", -1]),
  cart()
]

const change = (op: "add" | "remove", id: string, quantity: number, currency = "PLN"): CartChange.CartChange => ({
  op,
  currency,
  item: { id, quantity, unitPrice: 1000 }
})

const changes: ReadonlyArray<CartChange.CartChange | undefined> = [
  undefined,
  undefined,
  undefined,
  change("add", "mug", 1),
  change("add", "cup", 2),
  change("remove", "mug", 1),
  change("remove", "cup", 5),
  change("add", "mug", 0),
  change("add", "mug", 1, "EUR"),
  change("remove", "mug", 1, "EUR")
]

const orderIds = [undefined, undefined, "O1", "O2", "O3"]

/** One step of a journey. `pause` is an index into the borders of the rules, so that time stands on them. */
const Step = Schema.Struct({
  visitor: index(2),
  pause: index(48),
  type: index(types.length),
  email: index(emails.length),
  isLogout: index(16),
  cart: index(carts.length),
  cartChange: index(changes.length),
  order: index(orderIds.length),
  sequence: index(2)
})

const Report = Schema.Struct({
  step: index(30),
  shift: index(12),
  visitor: index(7),
  email: index(3)
})

const Choice = Schema.Struct({
  inactivity: index(4),
  grace: index(3),
  repeatWindow: index(3),
  recoveryWindow: index(2),
  nowStep: index(30),
  now: index(6),
  manner: index(4),
  shuffle: index(1_000_000)
})

type Choice = typeof Choice.Type

const start = Date.UTC(2026, 2, 2)

/** The element at `at`, undefined ones included, without a claim that the compiler cannot check. */
const pick = <A>(from: ReadonlyArray<A>, at: number): A =>
  from.reduce((found, item, index) => (index === at % from.length ? item : found))

const rulesOf = (choice: Choice): Rules.Rules => ({
  inactivity: pick([30 * MINUTE, 4 * HOUR, MINUTE, 30 * MINUTE], choice.inactivity),
  grace: pick([10 * MINUTE, 0, DAY], choice.grace),
  repeatWindow: pick([DAY, 0, HOUR], choice.repeatWindow),
  recoveryWindow: pick([7 * DAY, HOUR], choice.recoveryWindow),
  allowedLateness: DAY
})

/**
 * The pauses at which a rule changes its mind, and ties. The first is the simplest: failures shrink to it. A case is
 * within one session, on the borders between sessions, or one long visit that meets the limit of 24 hours.
 */
const pauses = ({ inactivity: T, grace: G, repeatWindow: R, recoveryWindow: W }: Rules.Rules, manner: number) => {
  const within = [MINUTE, 0, 0, 1, MINUTE, 5 * MINUTE, 5 * MINUTE + 1, T]
  const between = [T + 1, T + G, T + G + 1, G, Math.max(0, R - T), T + G + W, T + G + W + 1, DAY]
  return pick([within, [...within, ...within, ...between], between, [T, T, T, T, T, T, T, T, 1, DAY - 6 * T]], manner)
}

const shifts = [0, 0, 0, 1, -1, MINUTE, -MINUTE, -5 * MINUTE, -5 * MINUTE - 1, 40 * MINUTE, -DAY, 9 * DAY]

const toCase = ([steps, reports, choice]: [
  ReadonlyArray<typeof Step.Type>,
  ReadonlyArray<typeof Report.Type>,
  Choice
]): Case => {
  const rules = rulesOf(choice)
  const siteId = Ids.SiteId.make("shop")
  // A clock for each visitor: what one does leaves no gap in what the other does.
  const clocks = [start, start]
  const events = steps.map((step, at): Activity.Activity => {
    const clock = pick(clocks, step.visitor) + pick(pauses(rules, choice.manner), step.pause)
    clocks[step.visitor] = clock
    const type = pick(types, step.type)
    const email = pick(emails, step.email)
    const own = pick(carts, step.cart)
    const difference = pick(changes, step.cartChange)
    const order = pick(orderIds, step.order)
    return {
      // Against the order of time, so that IDs decide ties the other way round.
      id: Ids.EventId.make(`e${String(99 - at).padStart(2, "0")}`),
      siteId,
      visitorId: Ids.VisitorId.make(`v${step.visitor}`),
      type,
      occurredAt: clock,
      receivedAt: clock,
      sequence: step.sequence,
      ...(email !== undefined && { email: Ids.Email.make(email) }),
      ...(step.isLogout === 1 && { logout: true }),
      ...(own !== undefined && { cart: own }),
      ...(difference !== undefined && { cartChange: difference }),
      ...(type === "VisitOnProductPage" && { product: { id: pick(["mug", "cup"], step.cart) } }),
      ...(type === "VisitOnSalePage" && order !== undefined && { order: { id: Ids.OrderId.make(order) } })
    }
  })
  const timeAt = (step: number) => (events.length === 0 ? start : pick(events, step).occurredAt)
  // One report of each order ID: a second one is a duplicate and never stored (sessions.md 2.1).
  const orders = reports.map((report, at): ReportedOrder.ReportedOrder => {
    const email = pick([undefined, ...namedEmails], report.email)
    const visitor = pick(["v0", "v1", "v0", "v1", "stranger", undefined, undefined], report.visitor)
    return {
      orderId: Ids.OrderId.make(`O${at + 1}`),
      siteId,
      at: timeAt(report.step) + pick(shifts, report.shift),
      ...(visitor !== undefined && { visitorId: Ids.VisitorId.make(visitor) }),
      ...(email !== undefined && { email: Ids.Email.make(email) })
    }
  })
  const { inactivity: T, grace: G } = rules
  const now = timeAt(choice.nowStep) + pick([90 * DAY, T, T + 1, T + G, T + G + 1, 0], choice.now)
  return { events, orders, rules, now, shuffle: choice.shuffle }
}

/** Few visitors, few orders, few carts, and times on the borders: most cases are collisions of some rules. */
export const Cases: Arbitrary.Arbitrary<Case> = Arbitrary.all([
  Arbitrary.array(Arbitrary.schema(Step), { maxLength: 30 }),
  Arbitrary.array(Arbitrary.schema(Report), { maxLength: 4 }),
  Arbitrary.schema(Choice)
]).pipe(Arbitrary.map(toCase))

/** How complex the largest cases may grow. *Shape*: the generator's own scale. */
export const caseSize = 60
