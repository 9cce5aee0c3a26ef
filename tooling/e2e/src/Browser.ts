import sparticuz from "@sparticuz/chromium"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { type Browser, chromium } from "playwright-core"

const system = [process.env["SPOOR_CHROMIUM"], "/usr/bin/chromium"]

/**
 * A real Chromium: the machine's own if there is one, else the one that npm brings (ADR 0011). Its default arguments are left
 * out: with web security switched off a browser sends no Origin, and every form of the panel would be refused.
 */
export const launch = Effect.acquireRelease(
  Effect.promise(async (): Promise<Browser> => {
    const found = system.find((path) => path !== undefined && existsSync(path))
    const executablePath = found ?? (await sparticuz.executablePath())
    return chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
      headless: true
    })
  }),
  (browser) => Effect.promise(() => browser.close())
)
