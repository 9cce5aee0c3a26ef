import type { Fields, Plugin } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"

/**
 * Jasmin: level 1 repeats the operator's answer to the submission by its name, level 2 is the receipt. It sends again what is not answered
 * `ACK/Jasmin`.
 *
 * *Source*: jookies/jasmin throwers at 0aac58e4; nyaruka/courier handlers/jasmin.
 */
export const jasmin: Plugin = {
  mapping: mapping({
    kind: "smpp",
    methods: ["GET", "POST"],
    map: {
      messageId: ["id"],
      status: ["status"],
      reason: ["err"],
      refusal: ["refusal"],
      at: ["donedate"]
    },
    time: "receipt",
    key: ["id", "level", "message_status", "err"],
    // The status, once more.
    drop: ["status", "refusal"],
    reply: { status: 200, body: "ACK/Jasmin" }
  }),
  refine: ({ message_status: word, ...fields }: Fields) => [
    String(fields["level"]) === "1" && String(word).startsWith("ESME_")
      ? { ...fields, message_status: word, refusal: word, err: undefined }
      : { ...fields, message_status: word, status: word }
  ]
}
