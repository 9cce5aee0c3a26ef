import { fileURLToPath } from "node:url"
import { createContext, runInContext } from "node:vm"
import { build } from "esbuild"
import { expect, it } from "vitest"
import * as domain from "../../src/index.ts"
import { at, cart, modify, muchLater, product } from "../journey.ts"

const events = [product("10:00", "mug"), modify("10:05", cart(["mug", 2])), product("11:00", "cup")]

/** A bundle for the browser fails on any Node built-in. */
const bundle = async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/index.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "domain",
    logLevel: "silent"
  })
  return outputFiles[0]!.text
}

it("gives the same answer where there is no Node", async () => {
  // The language itself, and of the web what effect needs to be loaded: no process, no require, no Buffer, no timers.
  const browser = createContext({ TextEncoder, TextDecoder })
  expect(runInContext("[typeof process, typeof require, typeof Buffer, typeof setTimeout]", browser)).toEqual(
    Array.from({ length: 4 }, () => "undefined")
  )
  runInContext(await bundle(), browser)
  const call = `domain.Site.sessionize(domain.Rules.defaults, { events: ${JSON.stringify(events)} }, ${muchLater})`
  const answer = domain.Site.sessionize(domain.Rules.defaults, { events }, muchLater)
  expect(answer.outcomes.map(({ type, at }) => ({ type, at }))).toEqual([
    { type: "AbandonedCart", at: at("10:45") },
    { type: "AbandonedBrowse", at: at("11:40") }
  ])
  expect(JSON.parse(runInContext(`JSON.stringify(${call})`, browser))).toEqual(JSON.parse(JSON.stringify(answer)))
})
