import { Option, Schema } from "effect"
import * as Digest from "./Digest.ts"

const Header = Schema.fromJsonString(Schema.Struct({ alg: Schema.Literals(["HS256", "HS384", "HS512"]) }))

/** What vendors claim of a request. *Units*: seconds since 1970. */
const Claims = Schema.fromJsonString(
  Schema.Struct({
    iss: Schema.optionalKey(Schema.String),
    iat: Schema.optionalKey(Schema.Finite),
    nbf: Schema.optionalKey(Schema.Finite),
    exp: Schema.optionalKey(Schema.Finite),
    jti: Schema.optionalKey(Schema.String),
    url_hash: Schema.optionalKey(Schema.String),
    payload_hash: Schema.optionalKey(Schema.String)
  })
)
export type Claims = typeof Claims.Type

const decodeHeader = Schema.decodeUnknownOption(Header)
const decodeClaims = Schema.decodeUnknownOption(Claims)
const digests = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const

/** The longest token that is looked at. *Units*: characters. */
const lengthMax = 8_192

/** The claims of a token that is signed with the secret; null for any other. Whether its time is right is not judged. */
export const open = (token: string, secret: string): Claims | null => {
  const parts = token.length > lengthMax ? [] : token.split(".")
  const [head, claims, signature] = parts
  if (parts.length !== 3 || head === undefined || claims === undefined || signature === undefined) return null
  const header = Option.getOrNull(decodeHeader(textOf(head)))
  if (header === null) return null
  const expected = Digest.hmac(digests[header.alg], secret, "base64url", `${head}.${claims}`)
  return Digest.isSame(expected, signature) ? Option.getOrNull(decodeClaims(textOf(claims))) : null
}

const textOf = (part: string): string => Buffer.from(part, "base64url").toString("utf8")
