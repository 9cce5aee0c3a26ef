import { type Source, standardSources } from "./Document.ts"
import { readCurrency } from "./Money.ts"
import { type PageRule, readRules, standardRules } from "./PageRule.ts"
import { clip, isFields, parse } from "./Text.ts"

/** What the script tag says. */
export interface Tag {
  readonly writeKey: string
  readonly endpoint: string
  readonly needsConsent: boolean
}

/** What a shop may write into `window.spoorConfig` or `<script type="application/json" id="spoor-config">`. */
export interface Configuration {
  /** Tried in order before GA4's names; the first that matches gives the page view its type. At most 100. */
  readonly rules?: ReadonlyArray<PageRule>
  /** Where product, cart and order are read. Default: all three, in this order. */
  readonly sources?: ReadonlyArray<Source>
  /** ISO 4217, for amounts that name no currency. Default: none, such amounts are left out. */
  readonly currency?: string
  /** A CSS selector of e-mail fields: on change or submit of one of them its address identifies. Default: none. */
  readonly emailSelector?: string
  /** The name of the data layer's global variable. Default: `dataLayer`. */
  readonly dataLayer?: string
  /** The cookie's Domain, for shops on several hosts. Default: the page's own host. */
  readonly cookieDomain?: string
  /** How long a page view waits for its product, cart or order. *Units*: milliseconds, 0 to 5,000. Default: 500. */
  readonly settleMs?: number
}

export interface Settings {
  readonly rules: ReadonlyArray<PageRule>
  readonly sources: ReadonlyArray<Source>
  readonly currency: string | undefined
  readonly emailSelector: string | undefined
  readonly dataLayer: string
  readonly cookieDomain: string | undefined
  readonly settleMs: number
}

const settleMsDefault = 500
const settleMsMax = 5000

/** Whatever a page wrote, with defaults for what is absent or wrong. */
export const read = (raw: unknown): Settings => {
  const fields = isFields(raw) ? raw : {}
  const named: ReadonlyArray<unknown> = Array.isArray(fields["sources"]) ? fields["sources"] : standardSources
  const settleMs = Number(fields["settleMs"] ?? settleMsDefault)
  return {
    rules: [...readRules(fields["rules"]), ...standardRules],
    sources: named.flatMap((name) => standardSources.filter((source) => source === name)),
    currency: readCurrency(fields["currency"]),
    emailSelector: clip(fields["emailSelector"], 500),
    dataLayer: clip(fields["dataLayer"], 100) ?? "dataLayer",
    cookieDomain: clip(fields["cookieDomain"], 253),
    settleMs: Number.isFinite(settleMs) ? Math.min(Math.max(settleMs, 0), settleMsMax) : settleMsDefault
  }
}

/** The variable goes before the JSON script. */
export const find = (): Settings =>
  read(Reflect.get(window, "spoorConfig") ?? parse(document.getElementById("spoor-config")?.textContent))

export const readTag = (script: HTMLScriptElement | null): Tag | undefined => {
  const writeKey = script?.dataset["writeKey"]
  if (script === null || !writeKey) return undefined
  const endpoint = script.dataset["endpoint"] || new URL(script.src, location.href).origin
  return { writeKey, endpoint: endpoint.replace(/\/$/, ""), needsConsent: script.dataset["consent"] === "required" }
}
