import { AxeBuilder } from "@axe-core/playwright"
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { email, password } from "./House.ts"
import * as Visitor from "./Visitor.ts"

/** *Shape*: `as` is the e-mail of whoever signs in, `secret` their password; the administrator's unless told otherwise. */
export interface Marketer extends BrowserContextOptions {
  readonly as?: string
  readonly secret?: string
}

/** A browser of its own, in Polish unless told otherwise. */
export const open = (browser: Browser, options: BrowserContextOptions = {}) =>
  browser.newContext({ locale: "pl-PL", viewport: { width: 1280, height: 900 }, ...options })

/** A browser in which somebody has signed in: by a request, for the form has its own tests. */
export const signedIn = async (
  browser: Browser,
  panel: string,
  { as = email, secret = password, ...options }: Marketer = {}
): Promise<BrowserContext> => {
  const [, name = "", value = ""] = /^(\w+)=(.*)$/.exec(await Visitor.signIn(panel, as, secret)) ?? []
  const context = await open(browser, options)
  await context.addCookies([{ name, value, url: panel, httpOnly: true, sameSite: "Lax" }])
  return context
}

/** A page of the panel, signed in; at its beginning unless told where. */
export const signIn = async (browser: Browser, panel: string, options: Marketer = {}, path = "/"): Promise<Page> => {
  const page = await (await signedIn(browser, panel, options)).newPage()
  await page.goto(panel + path, { waitUntil: "networkidle" })
  return page
}

/**
 * What axe finds on a page, or a part of it, as it stands now: all rules, told of violations only, and in the page itself
 * (`setLegacyMode`), because there are no frames to look into. Each of the two halves the time.
 */
export const violationsHere = async (page: Page, part?: string) => {
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] })
  return (await (part === undefined ? axe : axe.include(part)).analyze()).violations
}

/** When whatever moves and has an end has come to it; as text, because its types are the browser's. */
const stillness = `Promise.all(
  document.getAnimations()
    .filter(({ effect }) => effect.getComputedTiming().endTime < Infinity)
    .map(({ finished }) => finished.catch(() => {}))
)`

/** What is serious of it, in one of the colour schemes. *Shape*: "light /path: rule, element". */
export const seriousIn = async (
  page: Page,
  colorScheme: "light" | "dark",
  part?: string
): Promise<ReadonlyArray<string>> => {
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
  // Colours come from style sheets alone, so that no page is loaded again for the other scheme.
  await page.evaluate(stillness)
  const { pathname, search } = new URL(page.url())
  return (await violationsHere(page, part)).flatMap(({ id, impact, nodes }) =>
    impact === "serious" || impact === "critical"
      ? [`${colorScheme} ${part ?? pathname + search}: ${id} ${nodes[0]?.html} ${nodes[0]?.failureSummary}`]
      : []
  )
}

/** What is serious in either colour scheme. */
export const seriousHere = async (page: Page, part?: string): Promise<ReadonlyArray<string>> => [
  ...(await seriousIn(page, "light", part)),
  ...(await seriousIn(page, "dark", part))
]

/** The same on these pages. */
export const seriousOf = async (page: Page, panel: string, paths: ReadonlyArray<string>) => {
  const serious: Array<string> = []
  for (const path of paths) {
    // Its script has come by then, and has opened what opens by a script.
    await page.goto(new URL(path, panel).href, { waitUntil: "networkidle" })
    serious.push(...(await seriousHere(page)))
  }
  return serious
}
