import type { Plugin } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"

/**
 * SMSAPI.pl: a GET with up to five reports, whose fields have commas between them. Nothing is signed; it sends again what is not answered `OK`.
 *
 * *Source*: erigones/esdc-ce api/sms/smsapi/views.py at 7e3deddd; chapter 9 of https://www.smsapi.pl/docs/, read 2026-11-23.
 */
export const smsapi: Plugin = {
  mapping: mapping({
    kind: "smsapi",
    methods: ["GET"],
    split: ["MsgId", "status", "donedate", "to", "idx"],
    map: { messageId: ["MsgId"], ref: ["idx"], phone: ["to"], status: ["status"], at: ["donedate"] },
    time: "epochSeconds",
    key: ["MsgId", "status"],
    reply: { status: 200, body: "OK" }
  })
}
