import { LogRequest } from "@spoor/domain"
import { Schema } from "effect"

const decode = Schema.decodeUnknownOption(LogRequest.Ip)

/** An address as sockets write it: IPv6 ones write IPv4 addresses as `::ffff:…`, and link-local ones with a zone. */
export const parse = (address: string) =>
  decode(
    address
      .toLowerCase()
      .replace(/^::ffff:(?=\d+\.)/, "")
      .replace(/%.*$/, "")
  )
