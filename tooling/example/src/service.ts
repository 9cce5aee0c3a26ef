// An example: POST /outcomes takes a shop's events, one JSON object a line, and answers what they amount to, and why.
import { createServer } from "node:http"
import { text } from "node:stream/consumers"
import { Activity, Explanation, ExplanationText, Ids, Rejection, Rules, Site, Time } from "@spoor/domain"
import { Result, Schema } from "effect"

/** *Units*: bytes. */
const bodyMax = 5_000_000
const siteId = Ids.SiteId.make("shop")
const reader = { locale: "en", timeZone: "Europe/Warsaw" } as const

/** An event as this shop writes it; what it has in common with the domain's is checked by the domain. */
const { id, visitorId, type, email, product, cart, order } = Activity.Activity.fields
const ShopEvent = Schema.Struct({ id, visitorId, type, at: Time.InstantFromWire, email, product, cart, order })

const parse = Rejection.decoder(Schema.fromJsonString(Schema.Unknown))
const decode = Rejection.decoder(ShopEvent)

const answer = (body: string, now: number) => {
  const events: Array<Activity.Activity> = []
  const rejected: Array<Rejection.Rejection & { readonly line: number }> = []
  for (const [index, line] of body.trim().split("\n").entries()) {
    const event = Result.flatMap(parse(line), decode)
    if (Result.isSuccess(event)) {
      const { at, ...rest } = event.success
      events.push({ ...rest, siteId, occurredAt: at, receivedAt: at, sequence: 0 })
    } else rejected.push({ line: index + 1, ...event.failure })
  }
  const { sessions, outcomes } = Site.sessionize(Rules.defaults, { events }, now)
  return {
    accepted: events.length,
    rejected,
    sessions: sessions.length,
    outcomes: outcomes.map((outcome) => ({
      type: outcome.type,
      at: Time.formatInstant(outcome.at),
      visitorId: outcome.visitorId,
      why: ExplanationText.sentence(Explanation.explain(Rules.defaults, outcome), reader)
    }))
  }
}

const server = createServer((request, response) => {
  const reply = (status: number, body: object) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
  if (request.method !== "POST" || request.url !== "/outcomes") return reply(404, { error: "POST /outcomes" })
  if (Number(request.headers["content-length"] ?? Infinity) > bodyMax) return reply(413, { error: `${bodyMax} bytes` })
  return text(request).then(
    (body) => reply(200, answer(body, Date.now())),
    () => response.destroy()
  )
})
server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1", () => console.log(JSON.stringify(server.address())))
