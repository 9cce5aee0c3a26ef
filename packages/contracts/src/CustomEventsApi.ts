import { Ids, Time } from "@spoor/domain"
import { Schema } from "effect"
import { type Decode, decoder, EmailFromWire } from "./Item.ts"
import { Attributes, requiring } from "./Platform.ts"

/**
 * What `POST /scenariocustomevents` takes: something that happened, in the words of the system that sends it.
 *
 * *Shape*: an e-mail or a visitor at least. Of two with one `id` the first counts; without one the event gets an ID.
 * *Units*: `at` by the sender's clock, without it now.
 */
export const NewCustomEvent = Schema.Struct({
  id: Schema.optionalKey(Ids.text(128).check(Schema.isMinLength(1))),
  name: Ids.text(128).check(Schema.isMinLength(1)),
  email: Schema.optionalKey(EmailFromWire),
  visitorId: Schema.optionalKey(Ids.VisitorId),
  at: Schema.optionalKey(Time.InstantFromWire),
  properties: Schema.optionalKey(Attributes)
}).annotate({ identifier: "NewCustomEvent" })
export interface NewCustomEvent extends Schema.Schema.Type<typeof NewCustomEvent> {}

/** A custom event as the API answers it. */
export const CustomEvent = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  email: Schema.NullOr(Ids.Email),
  visitorId: Schema.NullOr(Ids.VisitorId),
  at: Time.InstantFromWire,
  properties: Attributes,
  createdAt: Time.InstantFromWire
}).annotate({ identifier: "CustomEvent" })
export interface CustomEvent extends Schema.Schema.Type<typeof CustomEvent> {}

export const decodeNew: Decode<NewCustomEvent> = requiring(decoder(NewCustomEvent), ({ email, visitorId }) =>
  email === undefined && visitorId === undefined ? "/email" : undefined
)
