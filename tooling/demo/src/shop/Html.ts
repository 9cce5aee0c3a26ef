/** Text that is HTML already; everything else is escaped when it is put into a template. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | false | undefined | ReadonlyArray<Html>

export const html = (strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html =>
  new Html(strings.map((text, index) => text + render(parts[index])).join(""))

/** JSON inside a script element: a `<` in a value must not end the element. */
export const json = (value: unknown): Html => new Html(JSON.stringify(value).replaceAll("<", "\\u003c"))

const render = (part: Part): string => {
  if (part === undefined || part === false) return ""
  if (part instanceof Html) return part.text
  if (typeof part === "string" || typeof part === "number") return escape(String(part))
  return part.map((each) => each.text).join("")
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "")
