import { Time } from "@spoor/domain"
import { Clock, Context, Duration, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { type ChainEnd, PanelChain, type Verification } from "./PanelChain.ts"
import { Retention } from "./Retention.ts"
import { signingKey, type SigningKeyUnreadable } from "./SigningKey.ts"

/** *Shape*: `at` in ISO 8601. */
const Facts = Schema.Struct({ unitId: Schema.Int, seq: Schema.Int, link: Schema.String, at: Schema.String })

/**
 * Where a unit's chain ended when it was found whole, kept outside of the database: a chain that somebody has computed anew, or
 * cut off, does not pass there.
 *
 * *Shape*: `signature` is Ed25519 over the other fields, as JSON in this order.
 */
const Checkpoint = Schema.Struct({ ...Facts.fields, signature: Schema.String })
export type Checkpoint = typeof Checkpoint.Type

/** The file of checkpoints cannot be read or written; with a `line`, that one was changed or signed by another Spoor. */
export class CheckpointsUnreadable extends Schema.TaggedError<CheckpointsUnreadable>()("CheckpointsUnreadable", {
  file: Schema.String,
  line: Schema.NullOr(Schema.Int),
  cause: Schema.Defect()
}) {}

/** *Shape*: `missed` is the oldest checkpoint that the chain does not pass any more, `passed` the place up to which it is the signed one. */
export interface Finding extends Verification {
  readonly isWhole: boolean
  readonly missed: Checkpoint | null
  readonly passed: number
}

/** Of each unit so many are compared, the newest: those before them were compared when they were the newest. */
const comparedMax = 100

/** Whoever verifies unasked holds it: a second process with the same key finds it taken, and leaves it to the first. */
const ADVISORY_LOCK = "panel_log_checkpoint"

const DAY = 86_400_000

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Checkpoint))

type Trouble = CheckpointsUnreadable | SigningKeyUnreadable | SqlError.SqlError

/**
 * The panel log against its own chain and against what was signed of it, in a file beside the key.
 *
 * *Fails* with `SqlError`, with `CheckpointsUnreadable`, and with `SigningKeyUnreadable`. *Source*: ADR 0044.
 */
export class PanelCheckpoints extends Context.Service<
  PanelCheckpoints,
  {
    /** The units that have a chain. */
    readonly units: PanelChain["Service"]["units"]
    /** Verifies the whole chain of a unit, and signs its end where it is whole and longer than the last signed one. */
    readonly verify: (unitId: number) => Effect.Effect<Finding, Trouble>
    /**
     * The same, when the last checkpoint is so old and there are rows since; by one process at a time of all that have this key.
     * *Shape*: null where there was nothing to do, or another process is at it.
     */
    readonly verifyGrown: (unitId: number, age: Duration.Duration) => Effect.Effect<Finding | null, Trouble>
  }
>()("@spoor/postgres/PanelCheckpoints") {
  /** *Shape*: `home` is the folder that SPOOR_HOME names. */
  static readonly layer = (home: string) =>
    Layer.effect(
      PanelCheckpoints,
      Effect.suspend(() => make(home))
    ).pipe(Layer.provide([PanelChain.layer, Retention.layer]))
}

const make = Effect.fnUntraced(function* (home: string) {
  const sql = yield* SqlClient.SqlClient
  const chain = yield* PanelChain
  const retention = yield* Retention
  const file = join(home, "panel-log-checkpoints.ndjson")

  const onFile = <A>(use: () => A) =>
    Effect.try({ try: use, catch: (cause) => new CheckpointsUnreadable({ file, line: null, cause }) })

  /** A unit's newest checkpoints, the oldest first. */
  const read = Effect.fnUntraced(function* (unitId: number) {
    const text = yield* onFile(() => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : ""))
    const publicKey = crypto.createPublicKey(yield* signingKey(home))
    const lines = text.split("\n").map((line, index) => ({ line, number: index + 1 }))
    const own = lines.filter(({ line }) => line.startsWith(`{"unitId":${unitId},`)).slice(-comparedMax)
    return yield* Effect.forEach(own, ({ line, number }) => {
      const { signature, ...facts } = Option.getOrElse(decode(line), () => nothing)
      return crypto.verify(null, signed(facts), publicKey, Buffer.from(signature, "base64"))
        ? Effect.succeed<Checkpoint>({ ...facts, signature })
        : Effect.fail(new CheckpointsUnreadable({ file, line: number, cause: null }))
    })
  })

  const add = Effect.fnUntraced(function* ({ link, seq, unitId }: ChainEnd) {
    const facts = { unitId, seq, link, at: Time.formatInstant(yield* Clock.currentTimeMillis) }
    const signature = crypto.sign(null, signed(facts), yield* signingKey(home)).toString("base64")
    yield* onFile(() => fs.appendFileSync(file, `${JSON.stringify({ ...facts, signature })}\n`, { mode: 0o600 }))
  })

  /** What the unit no longer keeps. */
  const expiredBefore = Effect.fnUntraced(function* (unitId: number) {
    const days = (yield* retention.ofUnit(unitId)).find(({ log }) => log === "panel")?.days ?? Infinity
    return (yield* Clock.currentTimeMillis) - days * DAY
  })

  /** The place in the list of the newest checkpoint that the chain passes; -1 for none. */
  const lastPassed = Effect.fnUntraced(function* (checkpoints: ReadonlyArray<Checkpoint>) {
    for (let place = checkpoints.length - 1; place >= 0; place--) {
      const { link, seq, unitId } = checkpoints[place]!
      if ((yield* chain.linkAt(unitId, seq)) === link) return place
    }
    return -1
  })

  const verify = Effect.fn("PanelCheckpoints.verify")(function* (unitId: number) {
    const checkpoints = yield* read(unitId)
    const found = yield* chain.verify(unitId, yield* expiredBefore(unitId))
    const place = yield* lastPassed(checkpoints)
    const missed = checkpoints[place + 1] ?? null
    const isWhole = found.faults.length === 0 && missed === null
    if (isWhole && found.end.seq > (checkpoints.at(-1)?.seq ?? 0)) yield* add(found.end)
    return { ...found, isWhole, missed, passed: checkpoints[place]?.seq ?? 0 } satisfies Finding
  })

  const verifyGrown = Effect.fn("PanelCheckpoints.verifyGrown")(function* (unitId: number, age: Duration.Duration) {
    const key = crypto.createPublicKey(yield* signingKey(home)).export({ type: "spki", format: "pem" })
    const isDue = Effect.gen(function* () {
      const newest = (yield* read(unitId)).at(-1)
      if (newest === undefined) return true
      const since = (yield* Clock.currentTimeMillis) - Date.parse(newest.at)
      return since >= Duration.toMillis(age) && (yield* chain.linkAt(unitId, newest.seq + 1)) !== null
    })
    return yield* chain.picture(
      Effect.gen(function* () {
        const [lock] = yield* sql<{ readonly isMine: boolean }>`
          select pg_try_advisory_xact_lock(hashtext(${ADVISORY_LOCK + key}), ${unitId}) as "isMine"`
        return lock?.isMine && (yield* isDue) ? yield* verify(unitId) : null
      })
    )
  })

  return PanelCheckpoints.of({ units: chain.units, verify, verifyGrown })
})

const nothing: Checkpoint = { unitId: 0, seq: 0, link: "", at: "", signature: "" }

const signed = ({ at, link, seq, unitId }: typeof Facts.Type): Buffer =>
  Buffer.from(JSON.stringify({ unitId, seq, link, at }))
