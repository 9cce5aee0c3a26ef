import { expect, it } from "@effect/vitest"
import { Activity, Ids } from "@spoor/domain"
import { Result } from "effect"
import * as Event from "../src/Event.ts"

const arrival = { siteId: Ids.SiteId.make("shop"), receivedAt: 1_795_000_010_000 }
const product = { id: "p1", name: "Tea", price: 1_990, currency: "PLN" }
const whole = {
  id: "e1",
  visitorId: "v1",
  type: "VisitOnSalePage",
  at: 1_794_999_990_000,
  sequence: 3,
  email: "anna@shop.example",
  logout: true,
  url: "https://shop.example/p/1",
  title: "Tea",
  referrer: "https://search.example/",
  device: "mobile",
  product,
  cart: { currency: "PLN", items: [{ id: "p1", name: "Tea", unitPrice: 1_990, quantity: 2 }] },
  order: { id: "o1", value: 3_980, currency: "PLN" }
}

it("becomes an activity that has all of its fields", () => {
  const event = Result.getOrThrow(Event.decode(whole))
  const activity = Event.toActivity(event, arrival)
  const { at, ...rest } = event
  expect(activity).toEqual({
    ...rest,
    siteId: "shop",
    clientAt: at,
    occurredAt: at,
    receivedAt: arrival.receivedAt
  })
  expect(Object.keys(event).toSorted()).toEqual(
    Object.keys(Event.Event.fields)
      .filter((name) => name !== "receivedAt")
      .toSorted()
  )
  const fields = Object.keys(activity)
  expect(Object.keys(Activity.Activity.fields).filter((name) => !fields.includes(name))).toEqual([
    "cartChange",
    "isClockWrong",
    "isHistory"
  ])
})
