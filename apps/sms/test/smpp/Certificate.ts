import { Buffer } from "node:buffer"
import { generateKeyPairSync, sign } from "node:crypto"

/** A key and a certificate that it signed itself, which is therefore also the authority to trust. *Shape*: PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** For one name, and for 127.0.0.1. *Source*: RFC 5280, section 4.1. */
export const make = (name: string, until = "491231235959Z"): Certificate => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" })
  const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"))
  const subject = sequence(tagged(0x31, sequence(oid("550403"), tagged(0x0c, Buffer.from(name)))))
  const names = sequence(tagged(0x82, Buffer.from(name)), tagged(0x87, Buffer.from([127, 0, 0, 1])))
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    subject,
    sequence(tagged(0x17, Buffer.from("240101000000Z")), tagged(0x17, Buffer.from(until))),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    tagged(0xa3, sequence(sequence(oid("551d11"), tagged(0x04, names))))
  )
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)])
  const der = sequence(body, ecdsaWithSha256, tagged(0x03, signature))
  const lines = der.toString("base64").match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
  }
}

const tagged = (tag: number, ...contents: ReadonlyArray<Buffer>): Buffer => {
  const content = Buffer.concat(contents)
  const { length } = content
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}

const sequence = (...contents: ReadonlyArray<Buffer>): Buffer => tagged(0x30, ...contents)

const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, "hex"))

const integer = (value: number): Buffer => tagged(0x02, Buffer.from([value]))
