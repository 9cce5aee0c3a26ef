import { WebhookMessage } from "@spoor/contracts"
import type { LogRow, SessionEventLog } from "@spoor/domain"
import type { TakenDelivery } from "@spoor/postgres"
import { DateTime, Redacted, Schema } from "effect"
import { Webhook } from "standardwebhooks"

const encode = Schema.encodeSync(Schema.fromJsonString(WebhookMessage.WebhookMessage))

/** The body for an outcome. *Shape*: `panelUrl` without a slash at its end, or null where it is not known. */
export const ofOutcome = (
  type: Exclude<TakenDelivery["type"], "webhook.test">,
  createdAt: number,
  row: SessionEventLog.Row,
  panelUrl: string | null
): string =>
  encode({
    type,
    timestamp: createdAt,
    data: row,
    ...(panelUrl !== null && { url: permalink(panelUrl, row.id) })
  })

export const ofTest = ({ createdAt, webhookId }: TakenDelivery): string =>
  encode({ type: "webhook.test", timestamp: createdAt, data: { webhookId } })

const permalink = (panelUrl: string, id: LogRow.LogId): string => `${panelUrl}/session-events/${id}`

/** What a request carries beside its body, signed for an attempt of `now`. *Source*: Standard Webhooks 1.0.0. */
export const headersOf = ({ messageId, secret }: TakenDelivery, body: string, now: number) => {
  const id = `msg_${messageId}`
  return {
    "content-type": "application/json; charset=utf-8",
    "user-agent": "Spoor-Webhooks/1",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1_000)),
    "webhook-signature": new Webhook(Redacted.value(secret)).sign(
      id,
      DateTime.toDateUtc(DateTime.makeUnsafe(now)),
      body
    )
  }
}
