import type { SmsGateway } from "@spoor/contracts"
import { Option, Result, Schema } from "effect"
import { XMLParser, XMLValidator } from "fast-xml-parser"
import type { Fields, RawRequest } from "../gateway/Plugin.ts"

/** The most reports of one call. Vendors send up to a hundred. */
const reportsMax = 5_000

/** Digits stay as they are written, and nothing is expanded. */
const xml = new XMLParser({
  processEntities: false,
  parseTagValue: false,
  ignoreAttributes: true,
  ignoreDeclaration: true
})

const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/**
 * The reports of a request, each as fields; or why they cannot be read.
 *
 * What a body is shows in its first character: vendors name the wrong type, or none.
 */
export const reportsOf = (
  request: RawRequest,
  { each, split }: SmsGateway.Mapping
): Result.Result<ReadonlyArray<Fields>, string> =>
  Result.flatMap(contentOf(request), (content) => {
    const list = each === undefined ? [content] : listAt(content, each)
    if (list === null) return Result.fail(`Expected a list of reports at "${each}".`)
    const reports = list.flatMap((one) => (isFields(one) ? (split === undefined ? [one] : splitAt(one, split)) : []))
    if (reports.length < list.length) return Result.fail("Expected each report to be fields with names.")
    return reports.length > reportsMax
      ? Result.fail(`Expected at most ${reportsMax} reports in a call.`)
      : Result.succeed(reports)
  })

/** The fields of a request that has one report, whatever form they have; none where it cannot be read. */
export const flatFields = (request: RawRequest): Fields => {
  const content = Result.getOrNull(contentOf(request))
  return isFields(content) ? content : {}
}

const contentOf = ({ body, method, query }: RawRequest): Result.Result<unknown, string> => {
  const text = Buffer.from(body).toString("utf8").trim()
  if (method === "GET" || text === "") return Result.succeed(fieldsIn(query))
  if (text.startsWith("{") || text.startsWith("[")) {
    return Option.match(decodeJson(text), {
      onNone: () => Result.fail("The body begins like JSON and is none."),
      onSome: Result.succeed
    })
  }
  return text.startsWith("<") ? readXml(text) : Result.succeed({ ...fieldsIn(query), ...fieldsIn(text) })
}

const readXml = (text: string): Result.Result<unknown, string> => {
  // Whoever declares entities wants something else than to report.
  if (/<!(?:DOCTYPE|ENTITY)[^>]*\[/iu.test(text)) return Result.fail("XML may not declare anything of its own.")
  if (XMLValidator.validate(text) !== true) return Result.fail("The body begins like XML and is none.")
  try {
    return Result.succeed(xml.parse(text))
  } catch {
    return Result.fail("The body begins like XML and is none.")
  }
}

/** Of a field that comes twice the first counts. */
const fieldsIn = (query: string): Fields => Object.fromEntries([...new URLSearchParams(query)].toReversed())

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const listAt = (content: unknown, path: string): ReadonlyArray<unknown> | null => {
  const found = valueAt(content, path)
  if (Array.isArray(found)) return found
  return isFields(found) ? [found] : null
}

/** What lies at a path: the field of that very name, or what its dots lead to. */
export const valueAt = (content: unknown, path: string): unknown => {
  if (typeof content !== "object" || content === null) return undefined
  if (Object.hasOwn(content, path)) return Reflect.get(content, path)
  const dot = path.indexOf(".")
  if (dot < 0) return undefined
  const first = path.slice(0, dot)
  return Object.hasOwn(content, first) ? valueAt(Reflect.get(content, first), path.slice(dot + 1)) : undefined
}

const splitAt = (fields: Fields, names: ReadonlyArray<string>): ReadonlyArray<Fields> => {
  const columns = names.flatMap((name) => {
    const value = fields[name]
    return typeof value === "string" ? [{ name, values: value.split(",") }] : []
  })
  const count = Math.max(1, ...columns.map(({ values }) => values.length))
  return Array.from({ length: Math.min(count, reportsMax + 1) }, (_, index) => ({
    ...fields,
    ...Object.fromEntries(columns.map(({ name, values }) => [name, values.length === 1 ? values[0] : values[index]]))
  }))
}
