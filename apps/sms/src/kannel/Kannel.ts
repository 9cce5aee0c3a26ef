import type { Fields, Plugin } from "../gateway/Plugin.ts"
import { mapping } from "../gateway/Mapping.ts"
import * as ReceiptText from "../smpp/ReceiptText.ts"

/**
 * Kannel's `dlr-url`, which whoever sends writes: `?ref=…&type=%d&answer=%A&fid=%F&id=%I&smsc=%i&at=%t&meta=%D&from=%p&to=%P`.
 *
 * The answer is the receipt's text, or `NACK/` and what the operator said to the submission. It is asked before `dlr_err`, which Kannel fills
 * with 0 where it did not understand. Kannel takes nothing but 200 and 202 for an answer.
 *
 * *Source*: user's guide of Kannel 1.4.5, chapter 10 and table 7-10; callbacks seen on 2026-11-23.
 */
export const kannel: Plugin = {
  mapping: mapping({
    kind: "kannel",
    methods: ["GET"],
    map: {
      messageId: ["fid"],
      ref: ["ref"],
      phone: ["from", "phone"],
      sender: ["to", "sender"],
      group: ["type"],
      status: ["stat"],
      reason: ["err"],
      refusal: ["refusal"],
      text: ["said"],
      at: ["at"]
    },
    time: "epochSeconds",
    key: ["ref", "fid", "type", "own"],
    // What is read out of the answer, which is kept.
    drop: ["stat", "err", "refusal", "said", "own"]
  }),
  refine: (fields) => [{ ...fields, ...answered(fields), ...nameless(fields) }]
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "")

/** A report that names no message is at least the same when it is sent again. */
const nameless = ({ fid, id, ref }: Fields): Fields =>
  textOf(fid) === "" && textOf(ref) === "" ? { own: textOf(id) } : {}

const answered = ({ answer, meta, type }: Fields): Fields => {
  if (textOf(type) === "16") return refused(textOf(answer))
  const { err, head, stat } = ReceiptText.parse(textOf(answer))
  const code = err ?? networkErrorIn(textOf(meta))
  return { answer: head, ...(stat !== null && { stat }), ...(code !== null && { err: code }) }
}

const refused = (answer: string): Fields => {
  const [refusal = "", ...words] = answer.replace(/^NACK\//u, "").split("/")
  const said = words.join("/")
  return { answer, ...(refusal !== "" && { refusal }), ...(said !== "" && { said }) }
}

/** The octets of `network_error_code`, escaped once more: a kind of network and a number of two octets. */
const networkErrorIn = (meta: string): string | null => {
  const escaped = /dlr_err=((?:%[0-9a-f]{2}|[^&?%])+)/iu.exec(meta)?.[1]
  if (escaped === undefined) return null
  const octets = [...escaped.matchAll(/%([0-9a-f]{2})|(.)/giu)].map(([, hexadecimal, plain]) =>
    hexadecimal === undefined ? plain!.charCodeAt(0) : Number.parseInt(hexadecimal, 16)
  )
  const [, high, low] = octets
  if (octets.length !== 3 || high === undefined || low === undefined) return null
  const code = high * 256 + low
  return code === 0 ? null : String(code)
}
