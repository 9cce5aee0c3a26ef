import { type EventMap, type EventRule, type PageRule, standard } from "./EventMap.ts"

/** A page as a `page` call describes it. */
export interface Page {
  readonly name?: string | undefined
  readonly category?: string | undefined
  readonly path?: string | undefined
}

/** A site's map laid over the standard one, ready to be asked. */
export interface EventTable {
  readonly currency: string
  readonly ruleOf: (event: string) => EventRule | undefined
  readonly pageType: (page: Page) => PageRule["type"]
}

/** *Shape*: null for a site without a map of its own. */
export const make = (own: EventMap | null): EventTable => {
  const events = new Map<string, EventRule | null>()
  for (const map of [standard, own ?? {}]) {
    for (const [name, rule] of Object.entries(map.events ?? {})) events.set(word(name), rule)
  }
  const pages = [...(own?.pages ?? []), ...(standard.pages ?? [])].map(prepare)
  return {
    currency: own?.currency ?? standard.currency ?? "USD",
    ruleOf: (event) => events.get(word(event)) ?? undefined,
    pageType: (page) => pages.find(({ matches }) => matches(page))?.type ?? "VisitOnWebsite"
  }
}

const prepare = ({ type, names = [], paths = [] }: PageRule) => {
  const words = new Set(names.map(word))
  const patterns = paths.map(stepsOf)
  return {
    type,
    matches: ({ name = "", category = "", path }: Page): boolean => {
      if (words.has(word(name)) || words.has(word(category))) return true
      const steps = path === undefined ? undefined : stepsOf(path)
      return steps !== undefined && patterns.some((pattern) => isAt(pattern, steps))
    }
  }
}

/** People write names in any case; the specification has "Product Viewed". */
const word = (name: string): string => name.trim().toLowerCase()

const stepsOf = (path: string): ReadonlyArray<string> => path.toLowerCase().split("/").filter(Boolean)

/** Step by step, so that no pattern can be slow. */
const isAt = (pattern: ReadonlyArray<string>, steps: ReadonlyArray<string>): boolean => {
  const isOpen = pattern.at(-1) === "**"
  const fixed = isOpen ? pattern.slice(0, -1) : pattern
  if (isOpen ? steps.length < fixed.length : steps.length !== fixed.length) return false
  return fixed.every((step, index) => step === "*" || step === steps[index])
}
