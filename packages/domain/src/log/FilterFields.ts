import { Schema } from "effect"
import { ActivityType } from "../session/Activity.ts"
import { Email, SessionId, SiteId, text, VisitorId } from "../session/Ids.ts"
import * as ActivityLog from "./ActivityLog.ts"
import * as ApiLog from "./ApiLog.ts"
import { choice, exact, type Field, flag, type Found, part, prefix, status, type Syntax } from "./FilterField.ts"
import { Word } from "./FilterValue.ts"
import type { Log, RowOf } from "./Log.ts"
import * as PanelLog from "./PanelLog.ts"
import { Ip, Method, RequestId } from "./Request.ts"
import * as SessionEventLog from "./SessionEventLog.ts"
import * as SmsLog from "./SmsLog.ts"

const lower = (text: string): string => text.toLowerCase()
const upper = (text: string): string => text.toUpperCase()

/** A phone number as people write it: with spaces, hyphens, brackets, and 00 for the plus. */
const dialled = (text: string): string => text.replaceAll(/[\s()-]/g, "").replace(/^00/, "+")

const mail = [Email.check(Schema.isLowercased()), text(320).check(Schema.isLowercased())] as const
const mails = ["anna@example.pl", "anna"] as const
const site = { pl: "Witryna", en: "Site" }
const session = { pl: "ID sesji", en: "Session ID" }
const request = { pl: "ID żądania", en: "Request ID" }

/**
 * What each log can be filtered by, in the order in which a filter is written.
 *
 * `session` is a session's ID as it is now; whoever asks with a former one (sessions.md 2.3) resolves it first. `key`
 * is the visible prefix of an API key, or its name.
 */
export const fields = {
  panel: {
    url: part(PanelLog.labels.url, 2_048, "/settings", ({ url }: PanelLog.Row) => url),
    method: exact(PanelLog.labels.method, Method, "POST", ({ method }: PanelLog.Row) => method, upper),
    status: status(PanelLog.labels.status, ({ status }: PanelLog.Row) => status),
    email: prefix(PanelLog.labels.userEmail, mail, mails, ({ userEmail }: PanelLog.Row) => userEmail, lower),
    ip: exact(PanelLog.labels.ip, Ip, "203.0.113.7", ({ ip }: PanelLog.Row) => ip, lower),
    request: exact(request, RequestId, "req-5f2c", ({ details }: PanelLog.Row) => details.requestId)
  },
  activity: {
    site: exact(site, SiteId, "shop", ({ siteId }: ActivityLog.Row) => siteId),
    type: choice(ActivityLog.labels.type, ActivityType, ({ type }: ActivityLog.Row) => type),
    visitor: exact(ActivityLog.labels.visitorId, VisitorId, "v-8d1f", ({ visitorId }: ActivityLog.Row) => visitorId),
    session: exact(session, SessionId, "shop:e-77a0", ({ sessionId }: ActivityLog.Row) => sessionId),
    email: prefix(
      ActivityLog.labels.visitorEmail,
      mail,
      mails,
      ({ visitorEmail }: ActivityLog.Row) => visitorEmail,
      lower
    ),
    active: flag(ActivityLog.labels.sessionActive, ({ sessionActive }: ActivityLog.Row) => sessionActive),
    url: part({ pl: "URL", en: "URL" }, 2_048, "/sale", ({ details }: ActivityLog.Row) => details.url)
  },
  "session-events": {
    site: exact(site, SiteId, "shop", ({ siteId }: SessionEventLog.Row) => siteId),
    type: choice(SessionEventLog.labels.type, SessionEventLog.OutcomeType, ({ type }: SessionEventLog.Row) => type),
    visitor: exact(
      SessionEventLog.labels.visitorId,
      VisitorId,
      "v-8d1f",
      ({ visitorId }: SessionEventLog.Row) => visitorId
    ),
    session: exact(session, SessionId, "shop:e-77a0", ({ details }: SessionEventLog.Row) => details.sessionId),
    email: prefix(
      SessionEventLog.labels.visitorEmail,
      mail,
      mails,
      ({ visitorEmail }: SessionEventLog.Row) => visitorEmail,
      lower
    )
  },
  api: {
    url: part(ApiLog.labels.url, 2_048, "/orders", ({ url }: ApiLog.Row) => url),
    method: exact(ApiLog.labels.method, Method, "POST", ({ method }: ApiLog.Row) => method, upper),
    status: status(ApiLog.labels.status, ({ status }: ApiLog.Row) => status),
    key: exact(ApiLog.labels.apiKey, text(128).check(Schema.isMinLength(1)), "sk_live_4f", ({ apiKey }: ApiLog.Row) =>
      apiKey === null ? [] : [apiKey.prefix, apiKey.name]
    ),
    ip: exact(ApiLog.labels.ip, Ip, "203.0.113.7", ({ ip }: ApiLog.Row) => ip, lower),
    request: exact(request, RequestId, "req-5f2c", ({ details }: ApiLog.Row) => details.requestId)
  },
  sms: {
    gateway: exact(SmsLog.labels.gateway, SmsLog.Name, "SMSAPI", ({ gateway }: SmsLog.Row) => gateway),
    sender: exact(SmsLog.labels.sender, SmsLog.Name, "MyShop", ({ sender }: SmsLog.Row) => sender),
    phone: exact(SmsLog.labels.phone, SmsLog.Phone, "+48600700800", ({ phone }: SmsLog.Row) => phone, dialled),
    code: exact({ pl: "Kod błędu", en: "Error code" }, SmsLog.ErrorCode, "27", ({ error }: SmsLog.Row) => error.code),
    category: choice(
      { pl: "Kategoria", en: "Category" },
      SmsLog.Category,
      ({ details }: SmsLog.Row) => details.category
    ),
    permanence: choice(
      { pl: "Trwałość", en: "Permanence" },
      SmsLog.Permanence,
      ({ details }: SmsLog.Row) => details.permanence
    )
  }
} satisfies { readonly [L in Log]: Readonly<Record<string, Field<RowOf<L>>>> }

/** Free text: one word of it, or a phrase. */
export const word: Syntax = {
  kind: "exact",
  label: { pl: "Tekst", en: "Text" },
  value: Word,
  operators: ["is"],
  allowed: ["refund", '"out of stock"'],
  spell: (text) => text
}

/** Where each log looks for free text. */
export const texts: { readonly [L in Log]: (row: RowOf<L>) => ReadonlyArray<Found | undefined> } = {
  panel: ({ url, userEmail, details }) => [url, userEmail, details.userAgent],
  activity: ({ details }) => [
    details.url,
    details.title,
    details.product?.id,
    details.product?.name,
    details.order?.id
  ],
  "session-events": ({ details }) => [
    details.order?.id,
    ...[...(details.cart?.items ?? []), ...details.products].flatMap(({ id, name }) => [id, name])
  ],
  api: ({ url, apiKey, details }) => [url, apiKey?.name, details.userAgent],
  sms: ({ error, details }) => [error.code, error.text, details.messageId]
}
