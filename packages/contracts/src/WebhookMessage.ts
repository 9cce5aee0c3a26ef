import { LogRow, SessionEventLog } from "@spoor/domain"
import { Schema } from "effect"

/** The longest address that a webhook may have. *Units*: UTF-16 code units. */
const urlLengthMax = 2_048

const isAddress = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return (protocol === "https:" || protocol === "http:") && username + password + hash === ""
}

/** Where messages are posted. A password in an address would be shown wherever the address is. */
export const WebhookUrl = Schema.String.check(
  Schema.isMaxLength(urlLengthMax),
  Schema.makeFilter(isAddress, { expected: "an http or https address without a password and a fragment" })
)

/**
 * What a subscriber is told of an outcome: that it was emitted, that it is superseded, or that an e-mail, a visitor or a
 * recovery became known.
 *
 * *Shape*: `timestamp` is when the ledger changed; `data` is the row as it stands when it is sent, in the form of the read
 * API; `url` is its page in the panel, where the panel's address is known.
 * *Source*: Standard Webhooks 1.0.0, "Payload structure".
 */
const OutcomeMessage = Schema.Struct({
  type: Schema.Literals(["outcome.emitted", "outcome.superseded", "outcome.amended"]),
  timestamp: LogRow.RowInstant,
  data: SessionEventLog.Row,
  url: Schema.optionalKey(Schema.String)
})

/** Says no more than that messages arrive. */
const TestMessage = Schema.Struct({
  type: Schema.Literal("webhook.test"),
  timestamp: LogRow.RowInstant,
  data: Schema.Struct({ webhookId: Schema.Int })
})

/** The body of a webhook's request. */
export const WebhookMessage = Schema.Union([OutcomeMessage, TestMessage])
export type WebhookMessage = typeof WebhookMessage.Type
