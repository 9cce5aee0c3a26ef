import type { CustomersApi, OrdersApi } from "@spoor/contracts"
import { currency } from "../Catalogue.ts"
import * as Chance from "../visitors/Chance.ts"
import { address } from "../visitors/Person.ts"

/** One request to the platform's API. *Shape*: `status` is what is answered unless a customer of before has the e-mail. */
export interface Ask {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly path: string
  readonly body?: unknown
  readonly status: number
}

/** What the shop's own systems know: customers and orders that they have reported. */
export interface Office {
  /** Marks everything that this run reports. */
  readonly run: string
  readonly siteId: string
  readonly customers: ReadonlyArray<{ readonly id: string; readonly email: string }>
  readonly orders: ReadonlyArray<string>
}

/** The next request and what the office knows after it. Some are mistakes, of the kinds that integrations make. */
export const draw = (chance: Chance.Chance, office: Office): readonly [Ask, Office] => {
  const customer = office.customers[Chance.whole(chance, 0, Math.max(0, office.customers.length - 1))]
  const order = office.orders[Chance.whole(chance, 0, Math.max(0, office.orders.length - 1))]
  if (customer === undefined) return addCustomer(chance, office)
  if (order === undefined) return addOrder(chance, office, customer.email)
  return Chance.weigh<() => readonly [Ask, Office]>(chance, [
    [20, () => addCustomer(chance, office)],
    [14, () => [{ method: "GET", path: `/customers/${customer.id}`, status: 200 }, office]],
    [6, () => [{ method: "GET", path: `/customers?email=${encodeURIComponent(customer.email)}`, status: 200 }, office]],
    [8, () => [changeOf(chance, customer), office]],
    [14, () => addOrder(chance, office, customer.email)],
    [12, () => [{ method: "GET", path: `/orders/${order}?siteId=${office.siteId}`, status: 200 }, office]],
    [4, () => [returned(order, office), office]],
    [12, () => [happened(chance, customer.email), office]],
    [10, () => [mistake(chance, office), office]]
  ])()
}

const addCustomer = (chance: Chance.Chance, office: Office): readonly [Ask, Office] => {
  const id = `k-${office.run}-${office.customers.length}`
  const email = address(chance)
  const body: typeof CustomersApi.NewCustomer.Encoded = {
    id,
    email,
    phone: phone(chance),
    attributes: { club: "herbata" }
  }
  return [
    { method: "POST", path: "/customers", body, status: 201 },
    { ...office, customers: [...office.customers, { id, email }] }
  ]
}

/** An order that was placed by telephone: no browser, only an address. */
const addOrder = (chance: Chance.Chance, office: Office, email: string): readonly [Ask, Office] => {
  const id = `TEL-${office.run}-${office.orders.length}`
  const { siteId } = office
  const value = Chance.whole(chance, 29, 420) * 100
  const body: typeof OrdersApi.NewOrder.Encoded = {
    id,
    siteId,
    email,
    value,
    currency,
    attributes: { channel: "phone" }
  }
  return [
    { method: "POST", path: "/orders", body, status: 201 },
    { ...office, orders: [...office.orders, id] }
  ]
}

const changeOf = (chance: Chance.Chance, { id, email }: Office["customers"][number]): Ask => {
  const body = { email, phone: phone(chance), attributes: { club: "herbata", newsletter: Chance.isTrue(chance, 0.5) } }
  return { method: "PUT", path: `/customers/${id}`, body, status: 200 }
}

const returned = (order: string, { siteId }: Office): Ask => ({
  method: "PUT",
  path: `/orders/${order}`,
  body: { siteId, value: 0, currency, attributes: { channel: "phone", returned: true } },
  status: 200
})

const happened = (chance: Chance.Chance, email: string): Ask => ({
  method: "POST",
  path: "/scenariocustomevents",
  body: {
    name: Chance.pick(chance, ["newsletter-signup", "points-expiring", "back-in-stock", "parcel-delivered"]),
    email,
    properties: { source: Chance.pick(chance, ["erp", "crm", "warehouse"]) }
  },
  status: 201
})

const mistake = (chance: Chance.Chance, { siteId }: Office): Ask =>
  Chance.weigh<Ask>(chance, [
    [4, { method: "POST", path: "/customers", body: { id: "k-without-address" }, status: 400 }],
    [2, { method: "POST", path: "/customers", body: { id: "k-1", phone: "600-70" }, status: 400 }],
    [2, { method: "POST", path: "/orders", body: { id: "TEL-1", siteId, email: "anna.example.com" }, status: 400 }],
    [4, { method: "GET", path: "/customers/k-gone", status: 404 }],
    [2, { method: "DELETE", path: `/orders/TEL-gone?siteId=${siteId}`, status: 404 }],
    [2, { method: "GET", path: "/orders?siteId=another-shop", status: 403 }],
    [1, { method: "GET", path: "/scenariocustomevents", status: 405 }]
  ])

const phone = (chance: Chance.Chance): string => `+48 500 ${digits(chance)} ${digits(chance)}`
const digits = (chance: Chance.Chance): string => String(Chance.whole(chance, 100, 999))
