/** Text that is safe inside HTML as it is. Only `html` and `trusted` make it. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | ReadonlyArray<Html> | false

/** HTML with every value escaped, unless it is HTML already. */
export const html = (strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html => ({
  html: strings.reduce((text, string, index) => text + render(parts[index - 1] ?? "") + string)
})

/** Text that is HTML because we wrote it. */
export const trusted = (text: string): Html => ({ html: text })

/** A value inside `<script>`: JSON in which no tag can end. */
export const json = (value: unknown): Html => trusted(JSON.stringify(value).replaceAll("<", "\\u003c"))

const render = (part: Part): string => {
  if (part === false) return ""
  if (typeof part === "string" || typeof part === "number") return escape(String(part))
  return "html" in part ? part.html : part.map((one) => one.html).join("")
}

const escape = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
