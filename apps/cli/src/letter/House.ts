import { NatsQueue } from "@spoor/nats"
import { DeadLetters, PostgresClient } from "@spoor/postgres"
import { EmbeddedPostgres, type EmbeddedPostgresError } from "@spoor/postgres/embedded"
import { Queue, type QueueUnavailable } from "@spoor/queue"
import { type Config, Effect, Layer, Redacted } from "effect"
import type { SqlError } from "effect/sql"
import { join } from "node:path"
import { CommandError, type OutputClosed, reasonOf } from "../CommandError.ts"
import { settings } from "../config.ts"

const isSet = (value: Redacted.Redacted<string>): boolean => Redacted.value(value) !== ""

/** The database of a Spoor that runs; nothing is started. */
export const database = Layer.unwrap(
  Effect.map(settings, ({ databaseUrl, home }) => {
    const over = (url: Redacted.Redacted<string>) =>
      PostgresClient.layer({ url, applicationName: "spoor-cli", poolSizeMax: 1 })
    if (isSet(databaseUrl)) return over(databaseUrl)
    const running = EmbeddedPostgres.layerRunning({ dataDirectory: join(home, "postgres") })
    return Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => over(url))).pipe(Layer.provide(running))
  })
)

/** The dead letters that it holds. */
export const letters = DeadLetters.layer.pipe(Layer.provide(database))

/** Its queue: servers, as they were set up by those that use them all the time, or the file. */
export const queue = Layer.unwrap(
  Effect.map(settings, ({ home, natsUrl, queueLimits }) =>
    isSet(natsUrl)
      ? NatsQueue.layer({ ...queueLimits, url: natsUrl, isGuest: true, startWait: "3 seconds" })
      : Queue.layerEmbedded({ ...queueLimits, folder: join(home, "queue") })
  )
)

type Trouble = Config.ConfigError | EmbeddedPostgresError | QueueUnavailable | SqlError.SqlError

/** What a person can do about it, in a sentence or two. What needs none stays as it is. */
export const explain = (trouble: Trouble | CommandError | OutputClosed): CommandError | OutputClosed =>
  trouble._tag === "CommandError" || trouble._tag === "OutputClosed"
    ? trouble
    : new CommandError({ sentence: sentenceOf(trouble) })

const sentenceOf = (trouble: Trouble): string => {
  switch (trouble._tag) {
    case "ConfigError":
      return `A setting is wrong. ${trouble.message}`
    case "EmbeddedPostgresError":
      return `There is no database to ask: ${trouble.message}. ${whereabouts}`
    case "QueueUnavailable":
      return trouble.reason === "full"
        ? "The queue is full. The dead letters are still there: replay them when the worker has caught up."
        : `The queue cannot be reached: ${reasonOf(trouble.cause)}. Is it running, and does NATS_URL name it?`
    case "SqlError":
      return ofDatabase(trouble)
  }
}

const ofDatabase = ({ message, reason }: SqlError.SqlError): string => {
  if (reason._tag === "ConnectionError") return `The database does not answer: ${message}. ${whereabouts}`
  if (reason._tag === "SqlSyntaxError") {
    return `The database is of another version than this command: ${message}. Start Spoor once; it brings the database up to date.`
  }
  return `The database refused: ${message}.`
}

const whereabouts =
  "Start Spoor with npm start, or say where it runs: DATABASE_URL names its database, SPOOR_HOME the folder of an embedded one."
