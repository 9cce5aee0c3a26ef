/** One series of a scrape. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Family {
  readonly type: string
  readonly help: string
}

const name = "[a-zA-Z_:][a-zA-Z0-9_:]*"
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
const lines = {
  help: new RegExp(`^# HELP (${name}) ((?:[^\\\\\\n]|\\\\[\\\\n])+)$`),
  type: new RegExp(`^# TYPE (${name}) (counter|gauge|histogram|summary)$`),
  sample: new RegExp(`^(${name})(?:\\{(${label}(?:,${label})*)\\})? (NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`)
}

/**
 * Reads a scrape and throws at whatever Prometheus or promtool would not like: an unknown line, a family without help or type or in
 * two places, a counter that is not named `_total`, buckets that fall, a series that comes twice.
 *
 * *Source*: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4).
 */
export const parse = (text: string): ReadonlyArray<Sample> => {
  if (!text.endsWith("\n")) throw new Error("The last line does not end.")
  const families = new Map<string, Family>()
  const samples: Array<Sample> = []
  let help: readonly [string, string] | undefined
  let current: readonly [string, Family] | undefined
  for (const line of text.slice(0, -1).split("\n")) {
    const fail = (why: string) => new Error(`${why}: ${line}`)
    const helped = lines.help.exec(line)
    const typed = lines.type.exec(line)
    const sampled = lines.sample.exec(line)
    if (helped) help = [helped[1]!, helped[2]!]
    else if (typed) {
      if (help?.[0] !== typed[1]) throw fail("A type without its help")
      if (families.has(typed[1]!)) throw fail("A family in two places")
      current = [typed[1]!, { type: typed[2]!, help: help![1] }]
      if (current[1].type === "counter" && !current[0].endsWith("_total")) throw fail("A counter without _total")
      families.set(...current)
    } else if (sampled) {
      if (current === undefined || !belongs(sampled[1]!, ...current)) throw fail("A sample outside of its family")
      samples.push({
        name: sampled[1]!,
        labels: labelsOf(sampled[2] ?? ""),
        value: Number(sampled[3]!.replace("Inf", "Infinity"))
      })
    } else throw fail("An unknown line")
  }
  checkSeries(samples)
  checkBuckets(samples)
  return samples
}

const belongs = (sample: string, family: string, { type }: Family): boolean =>
  type === "histogram" ? ["_bucket", "_sum", "_count"].some((end) => sample === family + end) : sample === family

const labelsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [
      key!,
      value!.replace(/\\(.)/g, (_, sign: string) => (sign === "n" ? "\n" : sign))
    ])
  )

const checkSeries = (samples: ReadonlyArray<Sample>): void => {
  const seen = new Set<string>()
  for (const { labels, name } of samples) {
    const key = JSON.stringify([name, Object.entries(labels).sort()])
    if (seen.has(key)) throw new Error(`A series comes twice: ${key}`)
    seen.add(key)
  }
}

const checkBuckets = (samples: ReadonlyArray<Sample>): void => {
  const keyOf = ({ labels, name }: Sample) =>
    JSON.stringify([name.replace(/_(bucket|count)$/, ""), { ...labels, le: undefined }])
  const counts = new Map(
    samples.filter(({ name }) => name.endsWith("_count")).map((sample) => [keyOf(sample), sample.value])
  )
  for (const [key, buckets] of Map.groupBy(
    samples.filter(({ labels }) => "le" in labels),
    keyOf
  )) {
    const last = buckets.at(-1)
    if (last?.labels["le"] !== "+Inf" || last.value !== counts.get(key))
      throw new Error(`The last bucket is not all: ${key}`)
    buckets.reduce((before, { value }) => {
      if (value < before) throw new Error(`Buckets fall: ${key}`)
      return value
    }, 0)
  }
}
