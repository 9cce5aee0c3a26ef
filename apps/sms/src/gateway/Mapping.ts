import { SmsGateway } from "@spoor/contracts"
import { Schema } from "effect"

const decode = Schema.decodeSync(SmsGateway.Mapping)

/** A vendor's mapping, checked when the app starts. */
export const mapping = (encoded: (typeof SmsGateway.Mapping)["Encoded"]): SmsGateway.Mapping => decode(encoded)
