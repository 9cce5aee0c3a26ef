import type { SmsGateway } from "@spoor/contracts"
import { secret, type Sent } from "./Doors.ts"
import * as Digest from "../src/proof/Digest.ts"
import * as Signing from "./Signing.ts"

/** One report of a vendor, as it sends it. *Shape*: `shown` as the tests print a report. */
export interface Vendor {
  readonly plugin: SmsGateway.Plugin
  readonly name: string
  readonly settings: (typeof SmsGateway.Settings)["Encoded"]
  readonly body: string
  /** Signs or addresses the body. */
  readonly request: (signing: Signing.Signing) => Sent | Promise<Sent>
  readonly shown: ReadonlyArray<string>
  readonly reply: { readonly text: string; readonly type?: string }
  readonly isSigned: boolean
  /** Whether a request says when it was signed. */
  readonly isDated?: boolean
}

export const pathSecret = "p4th-secret-of-more-than-128-bits"

const unsigned = { pathSecrets: [Digest.sha256(pathSecret)], country: "PL" }
const signed = { secrets: ["OLD", "VENDOR"], country: "PL" }

const get = ({ body, key = pathSecret, path }: Signing.Signing): Sent => ({
  method: "GET",
  path: `${path}/${key}?${body}`
})

const post =
  (type: string) =>
  ({ body, key = pathSecret, path }: Signing.Signing): Sent => ({
    method: "POST",
    path: `${path}/${key}`,
    body,
    headers: { "content-type": type }
  })

const form = post("application/x-www-form-urlencoded")
const json = post("application/json")
const xml = post("text/xml")

const phone = "+48500100200"
const digits = phone.slice(1)

const none = { text: "" }

export const vendors: ReadonlyArray<Vendor> = [
  {
    plugin: "smsapi",
    name: "SMSAPI.pl, three reports in one call",
    settings: unsigned,
    body: "MsgId=A1,A2,A3&status=405,404,401&donedate=1764331200,1764331201,1764331202&to=500100200,48500100201,500100202&username=sklep",
    request: get,
    shown: [
      `failed | ${phone} |  | 405 | unreachable`,
      "delivered | +48500100201 |  |  | ",
      "provisional | +48500100202 |  | 401 | unknown"
    ],
    reply: { text: "OK" },
    isSigned: false
  },
  {
    plugin: "serwersms",
    name: "SerwerSMS.pl",
    settings: { ...unsigned, zone: "Europe/Warsaw" },
    body: `id=dd9sk2&phone=${encodeURIComponent(phone)}&status=undelivered&error_code=2206&sender=Sklep&delivered=2026-11-24+12:00:00`,
    request: form,
    shown: [`failed | ${phone} | Sklep | 2206 | blocked`],
    reply: none,
    isSigned: false
  },
  {
    plugin: "infobip",
    name: "Infobip",
    settings: { basic: ["LOGIN"] },
    body: JSON.stringify({
      results: [
        {
          messageId: "m1",
          to: digits,
          sender: "Sklep",
          doneAt: "2026-11-24T12:00:00.000+0100",
          status: { groupId: 2, groupName: "UNDELIVERABLE", id: 9, name: "UNDELIVERABLE_NOT_DELIVERED" },
          error: {
            groupId: 1,
            id: 27,
            name: "EC_ABSENT_SUBSCRIBER",
            description: "Absent subscriber",
            permanent: false
          }
        },
        { messageId: "m2", to: digits, status: { groupId: 3, id: 5 }, error: { id: 0 } },
        { messageId: "m3", to: digits, status: { groupId: 1, id: 7 } }
      ]
    }),
    request: ({ key, ...signing }) => ({
      ...json(signing),
      path: signing.path,
      headers: {
        "content-type": "application/json",
        authorization: `Basic ${Buffer.from(key === undefined ? "user:password" : `user:${key}`).toString("base64")}`
      }
    }),
    shown: [
      `failed | ${phone} | Sklep | 27 | unreachable`,
      `delivered | ${phone} |  |  | `,
      `intermediate | ${phone} |  |  | `
    ],
    reply: none,
    isSigned: false
  },
  {
    plugin: "twilio",
    name: "Twilio",
    settings: signed,
    body: `MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003&To=${encodeURIComponent(phone)}&From=Sklep&AccountSid=AC1&Empty=&Quote=it%27s`,
    request: Signing.twilioForm,
    shown: [`failed | ${phone} | Sklep | 30003 | unreachable`],
    reply: none,
    isSigned: true,
    isDated: false
  },
  {
    plugin: "vonage",
    name: "Vonage's SMS API",
    settings: signed,
    body: `messageId=0A&status=failed&err-code=9&msisdn=${digits}&to=Sklep%26Co&scts=2611241200&network-code=26001`,
    request: Signing.vonageQuery,
    shown: [`failed | ${phone} | Sklep&Co | 9 | blocked`],
    reply: none,
    isSigned: true
  },
  {
    plugin: "vonage-messages",
    name: "Vonage's Messages API",
    settings: signed,
    body: JSON.stringify({
      message_uuid: "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
      to: digits,
      from: "Sklep",
      timestamp: "2026-11-24T12:00:00.000Z",
      status: "undeliverable",
      error: { type: "https://developer.vonage.com/api-errors", title: 1320, detail: "Message already sent" },
      channel: "sms"
    }),
    request: Signing.vonageToken,
    shown: [`failed | ${phone} | Sklep | 1320 | unreachable`],
    reply: none,
    isSigned: true
  },
  {
    plugin: "messagebird",
    name: "MessageBird",
    settings: signed,
    body: `id=mb1&reference=order-1&recipient=${digits}&status=delivery_failed&statusErrorCode=27&statusReason=absent&statusDatetime=2026-11-24T12%3A00%3A00%2B00%3A00`,
    request: Signing.messagebirdQuery,
    shown: [`failed | ${phone} |  | 27 | unreachable`],
    reply: none,
    isSigned: true
  },
  {
    plugin: "bird",
    name: "Bird",
    settings: signed,
    body: JSON.stringify({
      service: "channels",
      event: "sms.outbound",
      payload: {
        id: "b1",
        status: "delivery_failed",
        reason: "Handset off",
        failure: { code: 10_001, source: { name: "MAP", code: "27" } },
        receiver: { contacts: [{ identifierKey: "phonenumber", identifierValue: phone }] },
        body: { type: "text", text: { text: "secret text" } },
        updatedAt: "2026-11-24T12:00:00.000Z"
      }
    }),
    request: Signing.birdJson,
    shown: [`failed | ${phone} |  | 27 | unreachable`],
    reply: none,
    isSigned: true
  },
  {
    plugin: "sinch",
    name: "Sinch, one recipient",
    settings: signed,
    body: JSON.stringify({
      type: "recipient_delivery_report_sms",
      batch_id: "01FC",
      recipient: digits,
      code: 402,
      status: "Aborted",
      applied_originator: "Sklep",
      at: "2026-11-24T12:00:00.000Z"
    }),
    request: Signing.sinchJson,
    shown: [`failed | ${phone} | Sklep | 402 | unreachable`],
    reply: none,
    isSigned: true
  },
  {
    plugin: "sinch",
    name: "Sinch, a batch",
    settings: signed,
    body: JSON.stringify({
      type: "delivery_report_sms",
      batch_id: "01FD",
      statuses: [
        { code: 0, status: "Delivered", count: 1, recipients: ["48500100201"] },
        { code: 401, status: "Dispatched", count: 3 },
        { code: 404, status: "Failed", count: 2, recipients: [digits, "48500100202"] }
      ]
    }),
    request: Signing.sinchJson,
    shown: [
      "delivered | +48500100201 |  |  | ",
      `failed | ${phone} |  | 404 | unreachable`,
      "failed | +48500100202 |  | 404 | unreachable"
    ],
    reply: none,
    isSigned: true
  },
  {
    plugin: "linkmobility",
    name: "LINK Mobility, JSON",
    settings: unsigned,
    body: JSON.stringify({
      refId: "order-1",
      id: "Dcshuhod0PMAAAFQ$2",
      resultCode: 2106,
      operatorResultCode: null,
      timestamp: "2026-11-24T12:00:00Z",
      customParameters: { destination: phone, source: "Sklep" }
    }),
    request: json,
    shown: [`failed | ${phone} | Sklep | 2106 | invalid_number`],
    reply: none,
    isSigned: false
  },
  {
    plugin: "linkmobility",
    name: "LINK Mobility, XML",
    settings: unsigned,
    body: `<?xml version="1.0"?><DeliveryReport><id>1</id><resultCode>1001</resultCode><customParameters><destination>${phone}</destination></customParameters></DeliveryReport>`,
    request: xml,
    shown: [`delivered | ${phone} |  |  | `],
    reply: none,
    isSigned: false
  },
  {
    plugin: "linkmobility-pswin",
    name: "LINK Mobility's older gate",
    settings: unsigned,
    body: `<?xml version="1.0"?><MSGLST><MSG><ID>1</ID><REF>007</REF><RCV>${digits}</RCV><STATE>UNDELIV</STATE></MSG><MSG><ID>2</ID><REF>008</REF><STATE>DELIVRD</STATE></MSG></MSGLST>`,
    request: xml,
    shown: [`failed | ${phone} |  | UNDELIV | unreachable`, "delivered |  |  |  | "],
    reply: {
      text: '<?xml version="1.0"?><MSGLST><MSG><ID>1</ID><STATUS>OK</STATUS></MSG><MSG><ID>2</ID><STATUS>OK</STATUS></MSG></MSGLST>',
      type: "application/xml"
    },
    isSigned: false
  },
  {
    plugin: "kannel",
    name: "Kannel, a receipt",
    settings: unsigned,
    body: `type=2&answer=${encodeURIComponent("id:12 sub:001 dlvrd:000 submit date:2611241200 done date:2611241201 stat:UNDELIV err:00B text:secret text")}&fid=12&id=uuid-1&from=${digits}&to=Sklep&at=1764331200&meta=${encodeURIComponent("?smpp?dlr_err=%03%00%00&")}`,
    request: get,
    shown: [`failed | ${phone} | Sklep | 00B | unreachable`],
    reply: none,
    isSigned: false
  },
  {
    plugin: "kannel",
    name: "Kannel, a receipt without text",
    settings: { ...unsigned, errProfile: "gsm-map" },
    body: `type=2&answer=&fid=13&id=uuid-2&from=${digits}&to=Sklep&meta=${encodeURIComponent("?smpp?dlr_err=%03%00%0D&")}`,
    request: get,
    shown: [`failed | ${phone} | Sklep | 13 | blocked`],
    reply: none,
    isSigned: false
  },
  {
    plugin: "kannel",
    name: "Kannel, a refused submission",
    settings: unsigned,
    body: `type=16&answer=${encodeURIComponent("NACK/0x0000000b/Invalid Destination Address")}&fid=&id=uuid-3&from=${digits}&to=Sklep&ref=order-9`,
    request: get,
    shown: [`failed | ${phone} | Sklep | 0x0000000b | invalid_number`],
    reply: none,
    isSigned: false
  },
  {
    plugin: "jasmin",
    name: "Jasmin, a receipt",
    settings: unsigned,
    body: "id=j1&id_smsc=77&level=2&message_status=UNDELIV&err=045&donedate=2611241201&sub=001&dlvrd=000&text=secret+text",
    request: form,
    shown: ["failed |  |  | 045 | unreachable"],
    reply: { text: "ACK/Jasmin" },
    isSigned: false
  },
  {
    plugin: "jasmin",
    name: "Jasmin, a refused submission",
    settings: unsigned,
    body: "id=j2&level=1&message_status=ESME_RINVDSTADR",
    request: get,
    shown: ["failed |  |  | ESME_RINVDSTADR | invalid_number"],
    reply: { text: "ACK/Jasmin" },
    isSigned: false
  },
  {
    plugin: "generic",
    name: "a gateway that an administrator described",
    settings: {
      ...unsigned,
      mapping: {
        methods: ["POST"],
        each: "events",
        map: { messageId: ["uuid"], phone: ["msisdn"], sender: ["from"], status: ["state"], text: ["why"] },
        outcome: { ok: "delivered", queued: "intermediate", lost: "provisional", bad: "failed" },
        key: ["uuid", "state"],
        reply: { status: 200, body: "thanks" }
      }
    },
    body: JSON.stringify({
      events: [
        { uuid: "g1", msisdn: digits, from: "Sklep", state: "bad", why: "No such number" },
        { uuid: "g2", msisdn: digits, from: "Sklep", state: "ok" },
        { uuid: "g3", msisdn: digits, from: "Sklep", state: "never heard of" }
      ]
    }),
    request: json,
    shown: [
      `failed | ${phone} | Sklep | bad | unknown`,
      `delivered | ${phone} | Sklep |  | `,
      `failed | ${phone} | Sklep | never heard of | unknown`
    ],
    reply: { text: "thanks" },
    isSigned: false
  }
]

export { secret }
