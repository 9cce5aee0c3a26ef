import type { Plugin } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"

/**
 * Infobip: JSON with a list of results. The subscription proves itself with Basic authentication, or by a secret in its address.
 *
 * *Source*: api-evangelist/infobip openapi/infobip-sms-openapi.json at b3be7782; "Receive outbound SMS message reports", read 2026-11-23.
 */
export const infobip: Plugin = {
  mapping: mapping({
    kind: "infobip",
    methods: ["POST"],
    each: "results",
    map: {
      messageId: ["messageId"],
      ref: ["callbackData"],
      phone: ["to"],
      sender: ["sender", "from"],
      group: ["status.groupId"],
      status: ["status.id"],
      reason: ["error.id"],
      text: ["error.description", "status.description"],
      at: ["doneAt"]
    },
    key: ["messageId", "status.id", "error.id"]
  })
}
