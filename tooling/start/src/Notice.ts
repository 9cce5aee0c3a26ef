import { type Settings, urlOf } from "./config.ts"
import type { Foundation } from "./Foundation.ts"
import type { Secrets } from "./Secrets.ts"

/** What a person needs to go on, after everything else has been said. */
export const format = (settings: Settings, secrets: Secrets, foundation: Foundation): string => {
  const rows: ReadonlyArray<readonly [string, string]> = [
    ["Panel", urlOf(settings, settings.panelPort)],
    ["E-mail", secrets.adminEmail],
    ["Password", foundation.isPasswordCurrent ? secrets.adminPassword : "the one you chose"],
    ["Shop", urlOf(settings, settings.shopPort)],
    ["Events", `${urlOf(settings, settings.ingestPort)}/v1/events`],
    ["Data", settings.home]
  ]
  const lines = rows.map(([name, value]) => `    ${name.padEnd(LABEL_WIDTH)}${value}`)
  return ["", "  Spoor is running.", "", ...lines, "", "  Ctrl-C stops it; everything is kept.", ""].join("\n")
}

const LABEL_WIDTH = 10
