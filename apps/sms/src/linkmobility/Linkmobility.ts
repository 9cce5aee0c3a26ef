import type { Fields, Plugin } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"

/**
 * LINK Mobility's platform "Common": JSON, XML or fields, as its gate is set. Nothing is signed.
 *
 * *Source*: LINK Mobility "SMS REST API" 1.6, 0.9; https://sergel.se "SMS delivery reports", read 2026-11-23.
 */
export const linkmobility: Plugin = {
  mapping: mapping({
    kind: "linkmobility",
    methods: ["GET", "POST"],
    map: {
      messageId: ["id"],
      ref: ["refId"],
      phone: ["customParameters.destination", "destination"],
      sender: ["customParameters.source", "source"],
      status: ["resultCode"],
      at: ["timestamp"]
    },
    key: ["id", "resultCode"]
  }),
  // XML has one element around everything, whatever it is called.
  refine: (fields) => [unwrapped(fields)]
}

const unwrapped = (fields: Fields): Fields => {
  const [only, ...others] = Object.values(fields)
  return others.length === 0 && typeof only === "object" && only !== null && !Array.isArray(only) ? { ...only } : fields
}

/**
 * LINK Mobility's older gate, once PSWin: XML with a list of reports, answered with one line for each.
 *
 * *Source*: statisticsnorway/sms-linkmobility-api, its controller at f5da3524.
 */
export const linkmobilityPswin: Plugin = {
  mapping: mapping({
    kind: "smpp",
    methods: ["POST"],
    each: "MSGLST.MSG",
    map: { messageId: ["REF"], phone: ["RCV"], status: ["STATE"], at: ["DELIVERYTIME"] },
    time: "receipt",
    outcome: { FAILED: "failed", BARRED: "failed" },
    key: ["REF", "RCV", "STATE"],
    reply: { status: 200, body: "", contentType: "application/xml" }
  }),
  reply: (reports) => {
    const lines = reports.map(({ ID: id }) => `<MSG><ID>${escaped(String(id))}</ID><STATUS>OK</STATUS></MSG>`)
    return `<?xml version="1.0"?><MSGLST>${lines.join("")}</MSGLST>`
  }
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
