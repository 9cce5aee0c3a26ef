import { Ids, SmsLog, Time } from "@spoor/domain"
import { Schema } from "effect"
import { type Decode, decoder, EmailFromWire } from "./Item.ts"
import { Attributes, Paging, PhoneFromWire, requiring } from "./Platform.ts"

/** The shop's own ID of a customer, unique within a business unit. */
export const CustomerId = Ids.text(128).check(Schema.isMinLength(1))

/** The most browsers that one request may say are a customer's. */
export const visitorsMax = 50

const fields = {
  email: Schema.optionalKey(EmailFromWire),
  phone: Schema.optionalKey(PhoneFromWire),
  attributes: Schema.optionalKey(Attributes),
  siteId: Schema.optionalKey(Ids.SiteId),
  visitorIds: Schema.optionalKey(
    Schema.Array(Ids.VisitorId).check(Schema.isMaxLength(visitorsMax, { rejection: "too-large" }))
  )
}

/**
 * What `POST /customers` takes: an e-mail or a phone number at least.
 *
 * *Shape*: `visitorIds` are browsers on the site `siteId` that are this customer's now; each is given the e-mail
 * (ADR 0020). A unit with one site need not name it.
 */
export const NewCustomer = Schema.Struct({ id: CustomerId, ...fields }).annotate({ identifier: "NewCustomer" })
export interface NewCustomer extends Schema.Schema.Type<typeof NewCustomer> {}

/** What `PUT /customers/{id}` takes: all of the customer; what is absent is cleared. The ID cannot change. */
export const CustomerChange = Schema.Struct({ id: Schema.optionalKey(CustomerId), ...fields }).annotate({
  identifier: "CustomerChange"
})
export interface CustomerChange extends Schema.Schema.Type<typeof CustomerChange> {}

/** A customer as the API answers it. */
export const Customer = Schema.Struct({
  id: CustomerId,
  email: Schema.NullOr(Ids.Email),
  phone: Schema.NullOr(SmsLog.Phone),
  attributes: Attributes,
  createdAt: Time.InstantFromWire,
  updatedAt: Time.InstantFromWire
}).annotate({ identifier: "Customer" })
export interface Customer extends Schema.Schema.Type<typeof Customer> {}

/** By ID; `next` is null on the last page. */
export const CustomerPage = Schema.Struct({
  items: Schema.Array(Customer),
  next: Schema.NullOr(Schema.String)
}).annotate({ identifier: "CustomerPage" })

/** The query of `GET /customers`. */
export const CustomerQuery = Schema.Struct({ ...Paging, email: Schema.optionalKey(EmailFromWire) })

const missing = ({ email, phone, visitorIds = [] }: Pick<NewCustomer, "email" | "phone" | "visitorIds">) =>
  email === undefined && (phone === undefined || visitorIds.length > 0) ? "/email" : undefined

export const decodeNew: Decode<NewCustomer> = requiring(decoder(NewCustomer), missing)
export const decodeChange: Decode<CustomerChange> = requiring(decoder(CustomerChange), missing)
export const decodeQuery: Decode<typeof CustomerQuery.Type> = decoder(CustomerQuery)
