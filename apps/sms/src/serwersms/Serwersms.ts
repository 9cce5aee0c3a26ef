import type { Plugin } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"

/**
 * SerwerSMS.pl: the customer sets the address in its panel. The fields are those of the report that one asks for; the pushed form is not
 * documented, so a gateway whose fields are called otherwise is set up as a generic one.
 *
 * *Source*: https://dev.serwersms.pl/en/https-api-v2/checking-the-sms-delivery-reports and
 * https://dev.serwersms.pl/https-xml-api/sprawdzanie-raportow-doreczen-wiadomosci, read 2026-11-28.
 */
export const serwersms: Plugin = {
  mapping: mapping({
    kind: "serwersms",
    methods: ["GET", "POST"],
    map: {
      messageId: ["id", "smsid"],
      ref: ["unique_id"],
      phone: ["phone", "number", "numer"],
      sender: ["sender"],
      status: ["status", "state", "stan"],
      reason: ["error_code", "code"],
      text: ["reason", "przyczyna"],
      at: ["delivered", "date"]
    },
    time: "local",
    key: ["id", "smsid", "status", "state", "stan", "error_code"]
  })
}
