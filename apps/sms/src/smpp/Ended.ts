import { Schema } from "effect"

/**
 * Why a bind is not there, or not any more.
 *
 * - `unreachable`: no connection, or none that is safe.
 * - `unauthorized`: name or password refused. A person has to look.
 * - `refused`: the bind was refused for another reason.
 * - `silent`: no answer in time.
 * - `lost`: the connection broke.
 * - `malformed`: the gateway sent what cannot be told apart any more.
 * - `unbound`: the gateway said goodbye, or there is no bind at all.
 * - `failed`: we did, by a fault of our own.
 *
 * *Shape*: `status` is the gateway's `command_status`, where it gave one.
 */
export class Ended extends Schema.TaggedError<Ended>()("Ended", {
  reason: Schema.Literals([
    "unreachable",
    "unauthorized",
    "refused",
    "silent",
    "lost",
    "malformed",
    "unbound",
    "failed"
  ]),
  message: Schema.String,
  status: Schema.optionalKey(Schema.Int)
}) {}
