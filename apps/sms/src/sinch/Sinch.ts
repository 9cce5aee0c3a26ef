import type { Fields, Plugin } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"
import * as Body from "../report/Body.ts"
import * as Digest from "../proof/Digest.ts"

/**
 * Sinch: JSON for one recipient, or for a batch, with its recipients by status. It never sends again what is answered 4xx.
 *
 * *Source*: https://developers.sinch.com/docs/sms/api-reference/sms/tag/Webhooks/, read 2026-11-23; sinch-sdk-node authorization.helper.ts at
 * affb35e5.
 */
export const sinch: Plugin = {
  mapping: mapping({
    kind: "sinch",
    methods: ["POST"],
    map: {
      messageId: ["batch_id"],
      ref: ["client_reference"],
      phone: ["recipient"],
      sender: ["applied_originator"],
      status: ["status"],
      reason: ["code"],
      at: ["operator_status_at", "at"]
    },
    key: ["batch_id", "recipient", "code", "status"]
  }),
  throttledStatus: 429,
  refine: (fields) => (Array.isArray(fields["statuses"]) ? fields["statuses"].flatMap(recipientsOf(fields)) : [fields]),
  verify: ({ body, headers }, secret) => {
    const signature = headers["x-sinch-webhook-signature"]
    const nonce = headers["x-sinch-webhook-signature-nonce"]
    const timestamp = headers["x-sinch-webhook-signature-timestamp"]
    if (signature === undefined || nonce === undefined || timestamp === undefined) return { _tag: "missing" }
    const expected = Digest.hmac("sha256", secret, "base64", body, `.${nonce}.${timestamp}`)
    const signedAt = Number(timestamp) * 1_000
    if (!Digest.isSame(expected, signature) || !Number.isFinite(signedAt)) return { _tag: "wrong" }
    return { _tag: "valid", nonce, signedAt }
  }
}

/** A batch tells of no recipients unless it was asked for a full report: then it says nothing of any message. */
const recipientsOf =
  (batch: Fields) =>
  (group: unknown): ReadonlyArray<Fields> => {
    if (!Body.isFields(group) || !Array.isArray(group["recipients"])) return []
    return group["recipients"].map((recipient) => ({
      ...batch,
      ...group,
      statuses: undefined,
      recipients: undefined,
      recipient
    }))
  }
