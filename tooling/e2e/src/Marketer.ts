import { AxeBuilder } from "@axe-core/playwright"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { email, password } from "./House.ts"

/** A browser of its own, in Polish unless told otherwise. */
export const open = (browser: Browser, options: BrowserContextOptions = {}) =>
  browser.newContext({ locale: "pl-PL", viewport: { width: 1280, height: 900 }, ...options })

/** A page of the panel, signed in. */
export const signIn = async (browser: Browser, panel: string, options: BrowserContextOptions = {}): Promise<Page> => {
  const page = await (await open(browser, options)).newPage()
  await page.goto(panel, { waitUntil: "networkidle" })
  await page.fill("input[name=email]", email)
  await page.fill("input[name=password]", password)
  await page.keyboard.press("Enter")
  await page.waitForURL((url) => url.pathname !== "/sign-in")
  return page
}

/** What axe finds serious on these pages, in both colour schemes. *Shape*: "light /path: rule". */
export const seriousOf = async (page: Page, panel: string, paths: ReadonlyArray<string>) => {
  const serious: Array<string> = []
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
    for (const path of paths) {
      await page.goto(new URL(path, panel).href)
      const { violations } = await new AxeBuilder({ page }).analyze()
      for (const { id, impact } of violations) {
        if (impact === "serious" || impact === "critical") serious.push(`${colorScheme} ${path}: ${id}`)
      }
    }
  }
  return serious
}
