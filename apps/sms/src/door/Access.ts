import { Option, Redacted } from "effect"
import type { HeldGateway } from "../gateway/Gateways.ts"
import * as Networks from "../gateway/Networks.ts"
import type { Proof, RawRequest } from "../gateway/Plugin.ts"
import * as Digest from "../proof/Digest.ts"

/** Why a request is not believed. */
export type Refusal = "unusable" | "unprotected" | "address" | "path" | "basic" | "unsigned" | "signature" | "stale"

/** *Shape*: `nonce` is null where nothing is signed; the same one again is the same request again. */
export type Verdict =
  | { readonly _tag: "believed"; readonly nonce: string | null }
  | { readonly _tag: "refused"; readonly refusal: Refusal }

/**
 * Whether a request is the gateway's: every proof that is set is asked for, and a gateway without any is believed nothing.
 *
 * *Shape*: `pathSecret` is what ends the address, null where it ends before. *Units*: UTC milliseconds. *Source*: gateways.md R16, R17.
 */
export const judge = (
  held: HeldGateway,
  request: RawRequest,
  from: { readonly address: Option.Option<string>; readonly pathSecret: string | null },
  now: number
): Verdict => {
  const { basic, networks, plugin, problem, secrets, settings } = held
  if (problem !== null || plugin === null) return refused("unusable")
  if (secrets.length + basic.length + settings.pathSecrets.length === 0) return refused("unprotected")
  if (
    networks.length > 0 &&
    !Networks.contain(
      networks,
      Option.getOrElse(from.address, () => "")
    )
  ) {
    return refused("address")
  }
  if (!isPathRight(settings.pathSecrets, from.pathSecret)) return refused("path")
  if (basic.length > 0 && !isBasicRight(basic, request)) return refused("basic")
  if (secrets.length === 0 || plugin.verify === undefined) return { _tag: "believed", nonce: null }
  const { verify } = plugin
  // All secrets are tried, so that the time does not tell which one is good.
  const proof = secrets.map((secret) => verify(request, Redacted.value(secret), now)).reduce(better)
  if (proof._tag === "missing") return refused("unsigned")
  if (proof._tag === "wrong") return refused("signature")
  const window = settings.replayWindowSeconds * 1_000
  if (proof.signedAt !== null && Math.abs(now - proof.signedAt) > window) return refused("stale")
  return { _tag: "believed", nonce: proof.nonce }
}

const refused = (refusal: Refusal): Verdict => ({ _tag: "refused", refusal })

const better = (one: Proof, other: Proof): Proof => (one._tag === "valid" ? one : other)

const isPathRight = (hashes: ReadonlyArray<string>, pathSecret: string | null): boolean => {
  if (hashes.length === 0) return pathSecret === null
  const hash = Digest.sha256(pathSecret ?? "")
  return hashes.map((one) => Digest.isSame(one, hash)).includes(true)
}

const isBasicRight = (secrets: ReadonlyArray<Redacted.Redacted<string>>, { headers }: RawRequest): boolean => {
  const sent = /^Basic +(\S+)$/iu.exec(headers["authorization"] ?? "")?.[1]
  const given = Buffer.from(sent ?? "", "base64").toString("utf8")
  return secrets.map((secret) => Digest.isSame(Redacted.value(secret), given)).includes(true) && sent !== undefined
}
