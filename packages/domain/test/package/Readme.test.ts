import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import * as domain from "../../src/index.ts"

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")
const [map = ""] = readme.split("## The map")[1]?.split("\n## ") ?? []

it("has every namespace on the map of its README, and no other", () => {
  const rows = [...map.matchAll(/^\| (`.*`) \|/gm)].map(([, names = ""]) => names)
  expect(rows.join(", ").replaceAll("`", "").split(", ").sort()).toEqual(Object.keys(domain).sort())
})
