import { type DeadLetter, type DeadLetterBody, DeadLetters } from "@spoor/postgres"
import { Console, Effect, Option, Stream } from "effect"
import { CommandError } from "../CommandError.ts"
import * as Instant from "../input/Instant.ts"
import { line } from "../Output.ts"
import { harmless, print } from "../Printing.ts"
import * as House from "./House.ts"

/** Letters that one query reads. */
const pageRowsMax = 100

/** Letters from below the ID `before` on, newest first, a page at a time. */
export const pages = (before: number | undefined, rowsMax: number) =>
  Stream.paginate({ before, left: rowsMax }, ({ before, left }) =>
    Effect.gen(function* () {
      const { page } = yield* DeadLetters
      const rows = yield* Effect.mapError(page({ before, rowsMax: Math.min(left, pageRowsMax) }), House.explain)
      const next = { before: rows.at(-1)?.id, left: left - rows.length }
      const isOver = rows.length === 0 || next.left === 0
      return [rows, isOver ? Option.none() : Option.some(next)] as const
    })
  )

/** The list as a table, or one JSON object a line. */
export const list = Effect.fn("list")(
  function* (options: { readonly before: number | undefined; readonly rowsMax: number; readonly json: boolean }) {
    let count = 0
    let last = 0
    const texts = Stream.map(pages(options.before, options.rowsMax), (letter) => {
      last = letter.id
      if (options.json) return line(fieldsOf(letter))
      return count++ === 0 ? header + row(letter) : row(letter)
    })
    yield* print(texts)
    if (options.json) return
    if (count === 0) yield* Console.error("There are no dead letters.")
    if (count === options.rowsMax) yield* Console.error(`Older ones: spoor dead-letters list --before ${last}`)
  },
  Effect.provide(House.letters),
  Effect.mapError(House.explain)
)

/** One letter whole. */
export const show = Effect.fn("show")(
  function* ({ id, json }: { readonly id: number; readonly json: boolean }) {
    const letter = yield* (yield* DeadLetters).find(id)
    if (letter === null) return yield* missing([id])
    yield* print(Stream.make(json ? line({ ...fieldsOf(letter), body: letter.body }) : sheet(letter)))
  },
  Effect.provide(House.letters),
  Effect.mapError(House.explain)
)

export const missing = (ids: ReadonlyArray<number>): CommandError =>
  new CommandError({ sentence: `There is no dead letter with the ID ${ids.join(", ")}. Try: spoor dead-letters list` })

const fieldsOf = (letter: DeadLetter) => ({
  kind: "dead-letter",
  id: letter.id,
  unitId: letter.unitId,
  topic: letter.topic,
  messageId: letter.messageId,
  error: letter.error,
  tries: letter.tries,
  bytes: letter.bytes,
  appendedAt: Instant.format(letter.appendedAt),
  failedAt: Instant.format(letter.failedAt)
})

const cells = (values: ReadonlyArray<string>): string => {
  const [id = "", unit = "", topic = "", failedAt = "", bytes = "", error = ""] = values
  return `${id.padStart(8)}  ${unit.padStart(6)}  ${topic.padEnd(8)}  ${failedAt.padEnd(24)}  ${bytes.padStart(9)}  ${error}\n`
}

const header = cells(["ID", "UNIT", "TOPIC", "FAILED AT", "BYTES", "ERROR"])

const row = ({ bytes, error, failedAt, id, topic, unitId }: DeadLetter): string =>
  cells([`${id}`, `${unitId ?? "-"}`, topic, Instant.format(failedAt), `${bytes}`, headOf(error)])

const sheet = ({ body, ...letter }: DeadLetterBody): string => {
  const { kind: _, ...fields } = fieldsOf(letter)
  const facts = Object.entries(fields).map(([name, value]) => `${name.padEnd(12)}${harmless(String(value ?? "-"))}\n`)
  return `${facts.join("")}\n${harmless(body)}\n`
}

/** *Units*: characters. */
const errorShownMax = 100

const headOf = (error: string): string => harmless(error.replaceAll(/\s+/g, " ")).slice(0, errorShownMax)
