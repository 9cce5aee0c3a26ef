import { describe, expect, it } from "@effect/vitest"
import { CustomEventsApi, CustomersApi, OrdersApi } from "@spoor/contracts"
import { Result } from "effect"
import * as Ask from "../../src/office/Ask.ts"
import * as Chance from "../../src/visitors/Chance.ts"

const draws = (seed: string, count = 400): ReadonlyArray<Ask.Ask> => {
  const chance = Chance.of(seed)
  let office: Ask.Office = { run: "r1", siteId: "sklep", customers: [], orders: [] }
  return Array.from({ length: count }, () => {
    const [ask, after] = Ask.draw(chance, office)
    office = after
    return ask
  })
}

const decoders: Record<string, (body: unknown) => Result.Result<unknown, unknown>> = {
  "POST /customers": CustomersApi.decodeNew,
  "PUT /customers": CustomersApi.decodeChange,
  "POST /orders": OrdersApi.decodeNew,
  "PUT /orders": OrdersApi.decodeChange,
  "POST /scenariocustomevents": CustomEventsApi.decodeNew
}

describe("the shop's own systems", () => {
  it("send the same for the same seed, and other things for another", () => {
    expect(draws("a")).toEqual(draws("a"))
    expect(draws("a")).not.toEqual(draws("b"))
  })

  it("send what the contract takes, and mistakes that it does not", () => {
    for (const { method, path, body, status } of draws("a")) {
      if (body === undefined) continue
      const decode = decoders[`${method} /${path.split("/")[1]}`]
      expect(Result.isSuccess(decode!(body)), `${method} ${path}`).toBe(status < 300)
    }
  })

  it("do every kind of thing, mostly right", () => {
    const all = draws("a")
    expect(new Set(all.map(({ method }) => method))).toEqual(new Set(["GET", "POST", "PUT", "DELETE"]))
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200, 201, 400, 403, 404, 405]))
    expect(all.filter(({ status }) => status >= 400).length).toBeLessThan(all.length / 5)
  })

  it("add no customer or order twice", () => {
    const ids = draws("a").flatMap(({ method, status, body }) =>
      method === "POST" && status === 201 && typeof body === "object" && body !== null && "id" in body ? [body.id] : []
    )
    expect(ids.length).toBeGreaterThan(50)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
