import type { Log } from "@spoor/domain"
import { productsViewed } from "./LogTable.ts"

/** *Shape*: `json` is a row of the log as its schema has it, with instants in UTC milliseconds; `from` is what it joins. */
interface RowJson {
  readonly json: string
  readonly from: string
}

/** An instant in UTC milliseconds. By a float, for there are thousands: `extract` counts in decimals, which takes longer. */
export const ms = (column: string): string => `(date_part('epoch', ${column}) * 1000)::bigint`

/** A JSON object of names and expressions. */
const object = (fields: Readonly<Record<string, string>>): string =>
  `json_build_object(${Object.entries(fields)
    .map(([name, expression]) => `'${name}', ${expression}`)
    .join(", ")})`

const head = (table: string) => ({
  id: `${table}.id::text`,
  unitId: `${table}.unit_id`,
  createdAt: ms(`${table}.occurred_at`)
})

/** What is known of an order; null where nothing is. */
const order = (table: string): string => `case
  when ${table}.order_id is not null or ${table}.order_value is not null or ${table}.order_currency is not null
  then jsonb_strip_nulls(jsonb_build_object('id', ${table}.order_id, 'value', ${table}.order_value,
    'currency', ${table}.order_currency)) end`

const session = (table: string): string =>
  `left join session on session.unit_id = ${table}.unit_id and session.no = ${table}.session_no`

const evidence = `coalesce((
  select json_agg(json_build_object('id', part.id, 'logId', activity.id::text, 'type', activity.type,
    'occurredAt', ${ms("activity.occurred_at")}) order by part.place)
  from jsonb_array_elements_text(session_event.evidence) with ordinality as part (id, place)
  left join activity on activity.unit_id = session_event.unit_id and activity.site_id = session_event.site_id
    and activity.event_id = part.id), '[]')`

/** How each log's rows are read; the row is named as its table. `:now` stands for the present, as a timestamp. */
export const rowJson: Readonly<Record<Log.Log, RowJson>> = {
  panel: {
    json: object({
      ...head("panel_log"),
      url: "url",
      method: "method",
      status: "status",
      userEmail: "user_email",
      ip: "ip",
      details: object({
        userId: "user_id",
        processingMs: "processing_ms",
        userAgent: "user_agent",
        requestId: "request_id"
      })
    }),
    from: ""
  },
  activity: {
    json: object({
      ...head("activity"),
      siteId: "activity.site_id",
      visitorId: "activity.visitor_id",
      sessionId: "session.id",
      type: "activity.type",
      visitorEmail: "session.email",
      sessionActive: "session.ended_by is null and session.closed_at >= now.at",
      details: object({
        session: object({
          id: "session.id",
          startedAt: ms("session.started_at"),
          endedAt: ms("session.ended_at"),
          productViews: "session.product_view_count",
          productsViewed: "session.products_viewed",
          cartValue: "session.cart_value",
          cartCurrency: "session.cart_currency"
        }),
        eventId: "activity.event_id",
        url: "activity.url",
        title: "activity.title",
        referrer: "activity.referrer",
        device: "activity.device",
        email: "activity.email",
        product: "activity.product",
        cart: "activity.cart",
        order: order("activity"),
        clientAt: ms("activity.client_at"),
        receivedAt: ms("activity.received_at"),
        storedAt: ms("activity.stored_at"),
        isLogout: "activity.is_logout",
        isClockWrong: "activity.is_clock_wrong",
        isLate: "activity.is_late",
        isHistory: "activity.is_history"
      })
    }),
    from: session("activity")
  },
  "session-events": {
    json: object({
      ...head("session_event"),
      siteId: "session_event.site_id",
      visitorId: "session_event.visitor_id",
      type: "session_event.type",
      visitorEmail: "session_event.email",
      details: object({
        sessionId: "session.id",
        segment: "session_event.segment",
        emittedAt: ms("session_event.emitted_at"),
        products: productsViewed,
        cart: "session_event.cart",
        order: order("session_event"),
        isInferred: "session_event.is_inferred",
        isHistoric: "session_event.is_historic",
        explanation: "session_event.explanation",
        evidence,
        repeatOf: "session_event.repeat_of::text",
        recoveredBy: "session_event.recovered_by::text",
        supersededAt: ms("session_event.superseded_at"),
        supersededReason: "session_event.superseded_reason",
        supersededBy: "session_event.superseded_by::text"
      })
    }),
    from: session("session_event")
  },
  api: {
    json: object({
      ...head("api_log"),
      url: "url",
      method: "method",
      status: "status",
      apiKey: `case when key_name is not null then ${object({ name: "key_name", prefix: "key_prefix" })} end`,
      ip: "ip",
      details: object({ requestId: "request_id", processingMs: "processing_ms", userAgent: "user_agent" })
    }),
    from: ""
  },
  sms: {
    json: object({
      ...head("sms_log"),
      gateway: "gateway",
      sender: "sender",
      phone: "phone",
      error: object({ code: "error_code", text: "error_text" }),
      details: object({
        rawCode: "raw_code",
        payload: "payload",
        rawPhone: "raw_phone",
        protocol: "protocol",
        messageId: "message_id",
        permanence: "permanence",
        category: "category",
        reportedAt: ms("reported_at")
      })
    }),
    from: ""
  }
}
