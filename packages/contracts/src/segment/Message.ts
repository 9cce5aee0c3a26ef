import { Ids, type Rejection, Time } from "@spoor/domain"
import { Result, Schema, SchemaTransformation } from "effect"
import { decoder } from "../Item.ts"
import { withoutSecrets } from "../UrlMask.ts"

/** A shop's own ID, which some write as a number; "" is no ID. *Units*: length in UTF-16 code units. */
export const identifier = (lengthMax: number) =>
  Schema.Union([Schema.String, Schema.Finite]).pipe(
    Schema.decodeTo(
      Ids.text(lengthMax),
      SchemaTransformation.transform<string, string | number>({
        decode: (id) => String(id).trim(),
        encode: (id) => id
      })
    )
  )

const shownAs = (show: (text: string) => string) =>
  Schema.String.pipe(
    Schema.decodeTo(Schema.String, SchemaTransformation.transform({ decode: show, encode: (text: string) => text }))
  )

const cut = (text: string, lengthMax: number): string =>
  text.trim().slice(0, lengthMax).replaceAll("\u0000", "").toWellFormed()

/** What is only shown is cut to what we store: a page cannot help the length of its name. */
export const shown = (lengthMax: number) => shownAs((text) => cut(text, lengthMax))

/** Addresses carry e-mails and tokens in their queries: these do not pass the door. */
const Address = shownAs((url) => cut(withoutSecrets(cut(url, 8_192)), 2_048))

const page = {
  url: Schema.optionalKey(Address),
  path: Schema.optionalKey(Schema.String),
  title: Schema.optionalKey(shown(512)),
  referrer: Schema.optionalKey(Address)
}

/** What a `page` call says of its page. A name or a category that is no text is nobody's name. */
export const Page = Schema.Struct({
  ...page,
  name: Schema.optionalKey(Schema.Unknown),
  category: Schema.optionalKey(Schema.Unknown)
})

/** *Shape*: read as far as the rule asks for it; the rest is nobody's business, whatever it is. */
const Properties = Schema.Record(Schema.String, Schema.Unknown)

/** *Shape*: an e-mail is read later, for what is wrong with it counts only where a call is about it. */
const Traits = Schema.Struct({ email: Schema.optionalKey(Schema.Unknown) })

const common = {
  messageId: Ids.EventId,
  anonymousId: Schema.optionalKey(identifier(1_024)),
  userId: Schema.optionalKey(identifier(1_024)),
  timestamp: Schema.optionalKey(Time.InstantFromWire),
  originalTimestamp: Schema.optionalKey(Time.InstantFromWire),
  context: Schema.optionalKey(
    Schema.Struct({
      page: Schema.optionalKey(Schema.Struct(page)),
      traits: Schema.optionalKey(Traits),
      userAgent: Schema.optionalKey(Schema.String),
      userAgentData: Schema.optionalKey(Schema.Struct({ mobile: Schema.optionalKey(Schema.Boolean) }))
    })
  )
}

/** A call of Segment's specification, as its clients and RudderStack's send it. */
const Track = Schema.Struct({
  ...common,
  type: Schema.Literal("track"),
  event: Schema.String,
  properties: Schema.optionalKey(Properties)
})
export interface Track extends Schema.Schema.Type<typeof Track> {}

const PageCall = Schema.Struct({
  ...common,
  type: Schema.Literal("page"),
  name: Schema.optionalKey(shown(512)),
  category: Schema.optionalKey(shown(512)),
  properties: Schema.optionalKey(Properties)
})
export interface PageCall extends Schema.Schema.Type<typeof PageCall> {}

const Identify = Schema.Struct({
  ...common,
  type: Schema.Literal("identify"),
  traits: Schema.optionalKey(Traits)
})
export interface Identify extends Schema.Schema.Type<typeof Identify> {}

export type Message = Track | PageCall | Identify

const decodeType = decoder(Schema.Struct({ type: Schema.Literals(["track", "page", "identify"]) }))
const decoders = { track: decoder(Track), page: decoder(PageCall), identify: decoder(Identify) }

/** Decodes one call; the first wrong field is named in the rejection. `group`, `alias` and `screen` are unknown types. */
export const decode = (item: unknown): Result.Result<Message, Rejection.Rejection> =>
  Result.flatMap(decodeType(item), ({ type }): Result.Result<Message, Rejection.Rejection> => decoders[type](item))
